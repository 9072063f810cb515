package org.omnirad.run;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * JSON at the edge of the program: text to records and back, keys in snake case, unknown keys
 * refused.
 */
public final class Json {

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeSpecialFloatingPointValues()
          .create();

  private Json() {}

  /**
   * Reads one record.
   *
   * @param source where the text comes from, for messages
   * @throws InputException where the text is not JSON, holds a key that the record lacks, or a
   *     value the record refuses
   */
  public static <T extends Record> T read(String text, Class<T> type, String source) {
    JsonObject object = readObject(text, source);
    var unknown = new TreeSet<>(object.keySet());
    for (RecordComponent component : type.getRecordComponents()) {
      unknown.remove(key(component));
    }
    if (!unknown.isEmpty()) {
      throw new InputException(
          "%s: unknown %s %s.".formatted(source, unknown.size() == 1 ? "key" : "keys", unknown),
          "Known keys: "
              + String.join(", ", Arrays.stream(type.getRecordComponents()).map(Json::key).toList())
              + ".");
    }
    try {
      return GSON.fromJson(object, type);
    } catch (JsonParseException e) {
      throw new InputException(
          "%s: %s.".formatted(source, e.getMessage()), "Correct the value of that key.");
    }
  }

  /** Reads one JSON object, strictly: no comments, no duplicate keys, nothing after it. */
  public static JsonObject readObject(String text, String source) {
    try {
      var reader = new JsonReader(new StringReader(text));
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(reader);
      if (element.isJsonObject()) {
        return element.getAsJsonObject();
      }
    } catch (JsonParseException | StackOverflowError e) {
      throw new InputException(
          "%s: not JSON (%s).".formatted(source, e.getMessage()), "Check the file's content.");
    }
    throw new InputException(
        "%s: not a JSON object.".formatted(source), "Check the file's content.");
  }

  /** Writes a record or a list of records, indented. */
  public static String write(Object value) {
    return GSON.toJson(value) + "\n";
  }

  private static String key(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
  }
}
