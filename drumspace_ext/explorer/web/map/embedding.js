/**
 * Bokeh's plot in the page.
 */

/** Embeds the plot; returns what finds a part of it by its name. */
export async function embedded(host, item) {
  // set_log_level would say on the console that it does.
  Bokeh.logger.set_level('warn');
  await Bokeh.embed.embed_item(item, host);
  const document_ = Bokeh.documents[Bokeh.documents.length - 1];
  const model = (name) => document_.get_model_by_name(name);
  // The map itself takes the focus and the keys.
  Bokeh.index.get_by_id(model('map').id)?.canvas_view.events_el
    .removeAttribute('tabindex');
  return model;
}
