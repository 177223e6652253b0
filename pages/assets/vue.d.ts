/**
 * `@go-pme/pme`, and `<pme-space>` in the templates of Vue 3.
 *
 *     import "@go-pme/pme/vue";
 *
 * Tell Vue's compiler that it is no component: `isCustomElement: (tag) => tag === "pme-space"`.
 */
import type { EmitFn, HTMLAttributes, PublicProps } from "vue";
import type { PMESpace, PMESpaceAttributes, PMESpaceEvents } from "./pme.js";

export * from "./pme.js";

type Listeners = { [Name in keyof PMESpaceEvents]: (event: PMESpaceEvents[Name]) => void };

type Props = Omit<HTMLAttributes, keyof PMESpaceAttributes> & PMESpaceAttributes;

declare module "vue" {
  interface GlobalComponents {
    "pme-space": new () => PMESpace & { /** For templates: elements have none. */ $props: PublicProps & Props; $emit: EmitFn<Listeners> };
  }
}
