import serverless from "serverless-http";
import { createApp } from "../../work/express.mjs";

export const orders = () => serverless(createApp());
