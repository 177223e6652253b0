import { useRef } from "react";
import { PMESpace, configure } from "@go-pme/pme/react";

configure({ endpoint: "/pme/" });

export function Space({ id }: { id?: string }) {
  const space = useRef<PMESpace>(null);
  return (
    <pme-space
      ref={space} key="office" class="tour" className="tour" id="office" style={{ height: 400 }} onClick={() => space.current?.reload()}
      model={id} endpoint="/pme/" sdk-key="" params="qs=1" title="Head office" strings={{ opening: "Wird geöffnet…" }}
      onpme-ready={({ detail }) => console.log(detail.model, detail.mpSdk)}
      onpme-refresh={({ detail }) => console.log(detail.expiresIn.toFixed())}
      onpme-error={({ detail: { error, final } }) => console.log(error.code, final)}
      onpme-signed-out={({ detail }) => console.log(detail.loginURL)}
    />
  );
}

export const old = <pme-space model="SxQL3iGyoDo" strings={JSON.stringify({ opening: "Wird geöffnet…" })} />;
// @ts-expect-error a model is a string
export const number = <pme-space model={1} />;
// @ts-expect-error no such word
export const word = <pme-space strings={{ oppening: "…" }} />;
// @ts-expect-error no such attribute
export const attribute = <pme-space modelid="SxQL3iGyoDo" />;
// @ts-expect-error the element sets its state
export const state = <pme-space state="live" />;
// @ts-expect-error a listener is given an event
export const listener = <pme-space onpme-ready={(model: string) => model} />;
