// Times one input at a time, from its handling to the frame that shows its effect.
// `start` is taken as the input event arrives, before the page's own listeners.
// Each later frame asks, after the page's own frame callbacks: has `root` changed, and are its
// new images decoded? If so this frame paints the change, and a message posted here is
// delivered once its style, layout and paint are done.
(() => {
  const nativeFrame = window.requestAnimationFrame.bind(window);
  const channel = new MessageChannel();
  let waiting = null;

  window.requestAnimationFrame = (callback) => nativeFrame((time) => {
    const begin = performance.now();
    callback(time);
    if (waiting) waiting.script += performance.now() - begin;
  });

  const onFrame = () => {
    if (!waiting) return;
    waiting.frames += 1;
    if (waiting.changed) channel.port2.postMessage(null);
    else nativeFrame(onFrame);
  };

  channel.port1.onmessage = () => {
    const { start, script, frames, done } = waiting;
    waiting = null;
    done({ latency: performance.now() - start, script, frames });
  };

  const imagesIn = (record) => (record.type === "attributes" ? [record.target]
    : [...record.addedNodes].flatMap((node) => [...(node.querySelectorAll?.("img") ?? [])]));

  window.latencyProbe = {
    watch(root, event, kind) {
      window.addEventListener(event, () => {
        if (waiting) waiting.start ??= performance.now();
      }, { capture: true });
      window.addEventListener(event, () => {
        if (!waiting || waiting.handled) return;
        waiting.handled = true;
        waiting.script += performance.now() - waiting.start;
        nativeFrame(onFrame);
      });
      new MutationObserver(async (records) => {
        const current = waiting;
        const images = records.flatMap(imagesIn);
        if (!current?.handled || (kind === "image" && images.length === 0)) return;
        await Promise.all(images.map((image) => image.decode()));
        current.changed = true;
      }).observe(root, { childList: true, subtree: true, attributeFilter: ["src", "d"] });
    },
    arm() {
      this.painted = new Promise((done) => {
        waiting = { start: null, script: 0, frames: 0, handled: false, changed: false, done };
      });
    },
  };
})();
