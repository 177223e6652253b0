import { defineConfig } from "vite";
import { build } from "../shared/vite.js";

export default defineConfig({
  build: build("react18", "main.tsx"),
  resolve: { dedupe: ["react", "react-dom"] }, // ../react is compiled with the React of this folder
});
