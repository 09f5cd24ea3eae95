// A click on a cell of the matrix draws its pair.
(() => {
  const select = (data) => {
    const point = data?.points?.[0];
    const cells = document.querySelector('[data-panel="correlation-matrix"] .js-plotly-plot')?.data?.[0];
    const pair = point && (point.customdata ?? cells?.customdata?.[point.pointNumber]);
    if (pair) window.pageView.go({ pair });
    return window.dash_clientside.no_update;
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { correlation: { select } });
})();
