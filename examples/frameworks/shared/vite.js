/** Builds the folder's main file into ../dist/NAME/main.js, which the page of the Go program loads. */
export const build = (name, main) => ({
  outDir: `../dist/${name}`, emptyOutDir: true, target: "es2022", sourcemap: true,
  rollupOptions: { input: main, output: { entryFileNames: "main.js" } },
});
