// Times one input at a time, from its handling to the frame that shows its effect.
// `start` is read as the event arrives, before the page's own listeners.
// Each later frame asks, after the page's own callbacks: have the views changed, and are their
// new images decoded? If so this frame paints the change, and the message posted here arrives
// once its style, layout, paint and commit are done.
(() => {
  const PATIENCE = 20000; // milliseconds
  const nativeFrame = window.requestAnimationFrame.bind(window);
  const channel = new MessageChannel();
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
    const { start, script, frames, done } = current;
    const latency = performance.now() - start;
    current = null;
    done({ latency, script, frames });
  };

  const watchInput = (event) => {
    window.addEventListener(event, () => {
      if (current) current.start ??= performance.now();
    }, { capture: true });
    window.addEventListener(event, () => {
      if (!current || current.handled) return;
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
      if (!input?.start || (drawnAsImage && fresh.length === 0)) return;
      old = images();
      await Promise.all(fresh.map((image) => image.decode()));
      input.shown = true;
    });
    observer.observe(views, { attributes: true, childList: true, subtree: true });
  };

  window.latencyProbe = {
    watch([views, event, drawnAsImage]) {
      watchInput(event);
      watchViews(views, drawnAsImage);
    },
    arm() {
      this.painted = new Promise((done, fail) => {
        setTimeout(fail, PATIENCE, new Error("no frame showed the input"));
        current = { start: null, script: 0, frames: 0, handled: false, shown: false, done };
      });
    },
  };
})();
