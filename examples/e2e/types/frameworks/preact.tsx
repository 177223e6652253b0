import { createRef } from "preact";
import { PMESpace, configure } from "@go-pme/pme/preact";

configure({ endpoint: "/pme/" });

const space = createRef<PMESpace>();
export const office = (
  <pme-space
    ref={space} key="office" class="tour" style={{ height: 400 }} onClick={() => space.current?.reload()}
    model="SxQL3iGyoDo" endpoint="/pme/" sdk-key="" params="qs=1" title="Head office" strings={{ opening: "Wird geöffnet…" }}
    onpme-ready={({ detail }) => console.log(detail.model, detail.mpSdk)}
    onpme-error={({ detail: { error, final } }) => console.log(error.code, final)}
  />
);
// @ts-expect-error a model is a string
export const number = <pme-space model={1} />;
// @ts-expect-error no such word
export const word = <pme-space strings={{ oppening: "…" }} />;
// @ts-expect-error no such attribute
export const attribute = <pme-space modelid="SxQL3iGyoDo" />;
// @ts-expect-error a listener is given an event
export const listener = <pme-space onpme-ready={(model: string) => model} />;
