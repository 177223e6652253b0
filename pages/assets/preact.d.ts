/**
 * `@go-pme/pme`, and `<pme-space>` in the TSX of Preact.
 *
 *     import "@go-pme/pme/preact";
 */
import type { HTMLAttributes } from "preact";
import type { PMESpace, PMESpaceAttributes, PMESpaceEvents } from "./pme.js";

export * from "./pme.js";

type Listeners = { [Name in keyof PMESpaceEvents as `on${Name}`]?: (event: PMESpaceEvents[Name]) => void };

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "pme-space": Omit<HTMLAttributes<PMESpace>, keyof PMESpaceAttributes> & PMESpaceAttributes & Listeners;
    }
  }
}
