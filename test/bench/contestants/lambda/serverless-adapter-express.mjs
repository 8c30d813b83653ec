import { ServerlessAdapter } from "@h4ad/serverless-adapter";
import { ApiGatewayV1Adapter, ApiGatewayV2Adapter } from "@h4ad/serverless-adapter/adapters/aws";
import { ExpressFramework } from "@h4ad/serverless-adapter/frameworks/express";
import { DefaultHandler } from "@h4ad/serverless-adapter/handlers/default";
import { PromiseResolver } from "@h4ad/serverless-adapter/resolvers/promise";
import { createApp } from "../../work/express.mjs";

export const orders = (payload) =>
  ServerlessAdapter.new(createApp())
    .setFramework(new ExpressFramework())
    .setHandler(new DefaultHandler())
    .setResolver(new PromiseResolver())
    .addAdapter(payload === "2.0" ? new ApiGatewayV2Adapter() : new ApiGatewayV1Adapter())
    .build();
