requestAnimationFrame(() => requestAnimationFrame(() => (document.title = "painted")));
