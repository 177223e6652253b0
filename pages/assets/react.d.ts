/**
 * `@go-pme/pme`, and `<pme-space>` in the TSX of React 18 and 19.
 *
 *     import "@go-pme/pme/react";
 *
 * React 19 sets properties and listens to events (`onpme-ready`). React 18 sets attributes only: give `strings` as JSON, and
 * listen with `addEventListener` on a ref.
 */
import type { ClassAttributes, HTMLAttributes } from "react";
import type { PMESpace, PMESpaceAttributes, PMESpaceEvents } from "./pme.js";

export * from "./pme.js";

type Listeners = { [Name in keyof PMESpaceEvents as `on${Name}`]?: (event: PMESpaceEvents[Name]) => void };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "pme-space": ClassAttributes<PMESpace> & Omit<HTMLAttributes<PMESpace>, keyof PMESpaceAttributes> & PMESpaceAttributes & Listeners & { class?: string };
    }
  }
}
