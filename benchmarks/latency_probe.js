// Times one input at a time, from its handling to the frame that shows its effect.
// `start` is read as the event arrives, before the page's own listeners.
// Each later frame asks, after the page's own callbacks: have the views changed, and are their
// new images decoded? If so this frame paints the change, and the message posted here arrives
// once its style, layout, paint and commit are done.
// Inputs that arrive while one is timed are not counted.
(() => {
  const nativeFrame = window.requestAnimationFrame.bind(window);
  const channel = new MessageChannel();
  const samples = [];
  let current = null;

  // The page's own frame callbacks count as script.
  window.requestAnimationFrame = (callback) => nativeFrame((time) => {
    const begin = performance.now();
    callback(time);
    if (current) current.script += performance.now() - begin;
  });

  const onFrame = () => {
    current.frames += 1;
    if (current.shown) channel.port2.postMessage(null);
    else nativeFrame(onFrame);
  };

  channel.port1.onmessage = () => {
    const { start, script, frames } = current;
    samples.push({ latency: performance.now() - start, script, frames });
    current = null;
  };

  const watchInput = (event) => {
    window.addEventListener(event, () => {
      current ??= { start: performance.now(), script: 0, frames: 0, handled: false, shown: false };
    }, { capture: true });
    window.addEventListener(event, () => {
      if (current.handled) return;
      current.handled = true;
      current.script += performance.now() - current.start;
      nativeFrame(onFrame);
    });
  };

  const watchViews = (views, drawnAsImage) => {
    const images = () => [...views.querySelectorAll("img")];
    let old = images();
    const observer = new MutationObserver(async () => {
      const input = current;
      const fresh = images().filter((image) => !old.includes(image));
      if (!input || (drawnAsImage && fresh.length === 0)) return;
      old = images();
      await Promise.all(fresh.map((image) => image.decode()));
      input.shown = true;
    });
    observer.observe(views, { attributes: true, childList: true, subtree: true });
  };

  window.latencyProbe = {
    samples,
    watch([views, event, drawnAsImage]) {
      watchInput(event);
      watchViews(views, drawnAsImage);
    },
  };
})();
