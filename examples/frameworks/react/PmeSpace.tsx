import { forwardRef, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { PMESpace, PMESpaceAttributes, PMESpaceEvents, Word } from "@go-pme/pme/react";
import "@go-pme/pme/react"; // defines <pme-space>

type Detail<Name extends keyof PMESpaceEvents> = PMESpaceEvents[Name]["detail"];

export interface PmeSpaceProps extends Pick<PMESpaceAttributes, "endpoint" | "params" | "title" | "poster" | "loading" | "mode"> {
  model: string;
  strings?: Partial<Record<Word, string>>;
  className?: string;
  onReady?: (detail: Detail<"pme-ready">) => void;
  onRefresh?: (detail: Detail<"pme-refresh">) => void;
  onError?: (detail: Detail<"pme-error">) => void;
  onSignedOut?: (detail: Detail<"pme-signed-out">) => void;
}

/** `<pme-space>` for React 18 and 19. A ref to it is a ref to the element, which has `reload()` and `state`. */
export const PmeSpace = forwardRef<PMESpace, PmeSpaceProps>(function PmeSpace(props, ref) {
  const { strings, title = "", className, onReady, onRefresh, onError, onSignedOut, ...attributes } = props;
  const space = useRef<PMESpace>(null);
  useImperativeHandle(ref, () => space.current!, []);

  // React 18 does not listen to the events of custom elements. A layout effect is in time for the first event.
  useLayoutEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const element = space.current!;
    element.addEventListener("pme-ready", ({ detail }) => onReady?.(detail), { signal });
    element.addEventListener("pme-refresh", ({ detail }) => onRefresh?.(detail), { signal });
    element.addEventListener("pme-error", ({ detail }) => onError?.(detail), { signal });
    element.addEventListener("pme-signed-out", ({ detail }) => onSignedOut?.(detail), { signal });
    return () => listening.abort();
  }, [onReady, onRefresh, onError, onSignedOut]);

  // React 18 sets attributes only: strings are JSON, and the class has its HTML name.
  return <pme-space ref={space} {...attributes} title={title} class={className} strings={strings && JSON.stringify(strings)} />;
});
