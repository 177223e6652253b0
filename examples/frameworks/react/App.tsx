import { useEffect, useRef, useState } from "react";
import type { PMESpace } from "@go-pme/pme/react";
import { listSpaces, type Space } from "../shared/spaces";
import { PmeSpace } from "./PmeSpace";

export function App() {
  const [spaces, setSpaces] = useState<Space[]>([]);
  const [model, setModel] = useState("");
  const [open, setOpen] = useState(false);
  const [state, setState] = useState("closed");
  const space = useRef<PMESpace>(null);

  useEffect(() => {
    listSpaces().then((found) => {
      setSpaces(found);
      setModel(found[0]?.id ?? "");
    }, (error: Error) => setState(error.message));
  }, []);

  function toggle() {
    setOpen(!open);
    setState(open ? "closed" : "opening");
  }

  return (
    <>
      <form className="controls" onSubmit={(event) => event.preventDefault()}>
        <label>
          Space{" "}
          <select value={model} disabled={!model} onChange={(event) => setModel(event.target.value)}>
            {spaces.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
        <button type="button" disabled={!model} onClick={toggle}>{open ? "Close" : "Open"}</button>
        <button type="button" disabled={!open} onClick={() => space.current?.reload()}>Reload</button>
        <output>{state}</output>
      </form>
      {open && (
        <PmeSpace
          ref={space} model={model} title={spaces.find(({ id }) => id === model)?.name} strings={{ opening: "Opening the doors…" }}
          onReady={() => setState("live")}
          onError={({ error, final }) => setState(final ? error.code : "trying again")}
          onSignedOut={() => setState("signed out")}
        />
      )}
    </>
  );
}
