/**
 * `@go-pme/pme`, and `<pme-space>` in the TSX of Solid.
 *
 *     import "@go-pme/pme/solid";
 */
import type { JSX as SolidJSX } from "solid-js";
import type { PMESpace, PMESpaceAttributes, PMESpaceEvents } from "./pme.js";

export * from "./pme.js";

type Listeners = { [Name in keyof PMESpaceEvents as `on:${Name}`]?: (event: PMESpaceEvents[Name]) => void };

declare module "solid-js" {
  namespace JSX {
    interface IntrinsicElements {
      "pme-space": Omit<SolidJSX.HTMLAttributes<PMESpace>, keyof PMESpaceAttributes> & PMESpaceAttributes & Listeners;
    }
  }
}
