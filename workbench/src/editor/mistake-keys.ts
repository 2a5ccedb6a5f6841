// Keys that go to what is wrong, and mend it.

export const mistakeKeys = { next: 'F8', mend: 'Mod-.' } as const;
