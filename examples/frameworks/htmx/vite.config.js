import { defineConfig } from "vite";
import { build } from "../shared/vite.js";

const { rollupOptions, ...rest } = build("htmx", "main.ts");

// The page forbids htmx to use eval, by htmx-config and by its Content-Security-Policy.
export default defineConfig({ build: { ...rest, rollupOptions: { ...rollupOptions, checks: { eval: false } } } });
