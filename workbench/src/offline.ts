// The page is kept for use without a network, once it is loaded and nobody waits for it.

export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = (): void => {
    // Private windows of some browsers refuse; the page then works while there is a network.
    navigator.serviceWorker.register(new URL('./service-worker.js', document.baseURI), { scope: './' }).catch(() => {});
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
