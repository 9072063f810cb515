package org.omnirad.notebook;

import java.util.List;

/** The few HTML elements that the renderers use; every text is escaped here. */
final class Html {

  private Html() {}

  static String escape(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  static String preformatted(String text) {
    return "<pre style=\"margin: 0; padding: 0; font-family: monospace\">"
        + escape(text)
        + "</pre>";
  }

  static String paragraph(String text) {
    return "<p>" + escape(text) + "</p>\n";
  }

  /** Content that opens with a click. */
  static String folded(String summary, String content) {
    return "<details><summary>" + escape(summary) + "</summary>\n" + content + "</details>\n";
  }

  /** A table of texts, numbers aligned to the right. */
  static String table(List<TextColumn> columns) {
    var out = new StringBuilder("<table>\n<thead><tr>");
    columns.forEach(column -> cell(out, "th", column, column.name()));
    out.append("</tr></thead>\n<tbody>\n");
    int rows = columns.isEmpty() ? 0 : columns.get(0).cells().size();
    for (int i = 0; i < rows; i++) {
      out.append("<tr>");
      for (TextColumn column : columns) {
        cell(out, "td", column, column.cells().get(i));
      }
      out.append("</tr>\n");
    }
    return out.append("</tbody>\n</table>\n").toString();
  }

  private static void cell(StringBuilder out, String tag, TextColumn column, String text) {
    String side = column.rightAligned() ? "right" : "left";
    out.append('<').append(tag).append(" style=\"text-align: ").append(side).append("\">");
    out.append(escape(text)).append("</").append(tag).append('>');
  }
}
