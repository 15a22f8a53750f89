// A browser starts no worker for a page that was opened from a folder: there the search runs in a hidden frame instead.
if (location.protocol === "file:") {
  // As between a page and a worker: what arrives is a copy, and arrives later.
  const post = (target, data) => setTimeout(send => target()?.onmessage?.(send), 0, new MessageEvent("message", { data: structuredClone(data) }));

  window.Worker = class {
    constructor(address) {
      this.frame = document.body.appendChild(document.createElement("iframe"));
      this.frame.hidden = true;
      const inside = this.frame.contentWindow;
      inside.postMessage = data => post(() => this, data);
      const script = inside.document.createElement("script");
      this.ready = new Promise(resolve => (script.onload = resolve));
      script.onerror = event => this.onerror?.(event);
      script.src = address;
      inside.document.body.appendChild(script);
    }
    postMessage(data) {
      this.ready.then(() => post(() => this.frame.contentWindow, data));
    }
    terminate() {
      this.frame.remove();
    }
  };
}
