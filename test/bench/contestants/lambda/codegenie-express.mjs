import serverlessExpress from "@codegenie/serverless-express";
import { createApp } from "../../work/express.mjs";

export const orders = () => (serverlessExpress.default ?? serverlessExpress)({ app: createApp() });
