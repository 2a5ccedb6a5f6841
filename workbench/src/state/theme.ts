// Light, dark, or as the system says.

import { type Signal, effect, signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'ricci-theme';

/** The choice, kept for the next visit and shown at once. */
export function newTheme(): Signal<Theme> {
  const theme = signal(themes.find((t) => t === stored()) ?? 'system');
  effect(() => {
    const { dataset } = document.documentElement;
    if (theme.value === 'system') delete dataset['theme'];
    else dataset['theme'] = theme.value;
    try {
      localStorage.setItem(key, theme.value);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  });
  return theme;
}

function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
