import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { build } from "../shared/vite.js";

export default defineConfig({
  build: build("vue", "main.ts"),
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "pme-space" } } })],
});
