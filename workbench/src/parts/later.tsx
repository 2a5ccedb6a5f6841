// A component that is loaded when it is first shown.

import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type Loaded = { readonly of: ComponentType } | { readonly wrong: string };

/** `load` must be the same function as long as the component is. */
export function Later({ load }: { readonly load: () => Promise<ComponentType> }): JSX.Element | null {
  const [loaded, setLoaded] = useState<Loaded>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isShown = true;
    const show = (next: Loaded): void => {
      if (isShown) setLoaded(next);
    };
    load().then(
      (of) => show({ of }),
      (error: unknown) => show({ wrong: String(error) }),
    );
    return () => {
      isShown = false;
    };
  }, [load, attempt]);
  if (!loaded) return <p class="hidden" role="status">loading</p>;
  if ('of' in loaded) return <loaded.of />;
  return (
    <p role="alert" class="diagnostic error">
      <strong>error</strong> this part could not be loaded ({loaded.wrong}){' '}
      <button type="button" onClick={() => setAttempt(attempt + 1)}>
        try again
      </button>{' '}
      <button type="button" onClick={() => location.reload()}>
        load the page anew
      </button>
    </p>
  );
}
