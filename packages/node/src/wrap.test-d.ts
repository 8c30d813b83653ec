import type { RequestListener } from "node:http";
import type { HttpFunction } from "@portico/core";
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import { expectTypeOf, test } from "vitest";
import { fromNode } from "./wrap.js";

declare const listener: RequestListener;

test("apps fit as their frameworks type them", () => {
  expectTypeOf(fromNode(express())).toEqualTypeOf<HttpFunction>();
  fromNode(new Koa().callback());
  fromNode(fastify().routing, { path: "/shop/*rest" });
  fromNode(listener);
  // @ts-expect-error an app is a function
  fromNode(fastify());
});
