package org.omnirad.run;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** JSON at the edge: text to records and back, keys in snake case, unknown keys refused. */
public final class Json {

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .create();

  private Json() {}

  /**
   * Reads one record.
   *
   * @param source where the text comes from, for messages
   * @throws InputException where the text is not JSON, holds a key that the record lacks, lacks
   *     that of a number or boolean, or holds a value that the record refuses
   */
  public static <T extends Record> T read(String text, Class<T> type, String source) {
    JsonObject object = readObject(text, source);
    requireKeys(object, type, source);
    return convert(object, type, source);
  }

  /**
   * Reads one record from another program's file: keys that the record lacks are skipped, and
   * components without a key are null.
   *
   * @throws InputException where the text is not JSON, or holds a value that the record refuses
   */
  public static <T extends Record> T readForeign(String text, Class<T> type, String source) {
    return convert(readObject(text, source), type, source);
  }

  private static <T extends Record> T convert(JsonObject object, Class<T> type, String source) {
    try {
      return GSON.fromJson(object, type);
    } catch (RuntimeException e) {
      // What a record's own check throws comes wrapped.
      Throwable reason = e;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      throw new InputException(
          "%s: %s.".formatted(source, reason.getMessage()), "Correct the value of that key.");
    }
  }

  /**
   * Refuses unknown keys and missing numbers; looks into records inside records, lists and maps,
   * too.
   */
  private static void requireKeys(JsonElement element, Type type, String source) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      children(element)
          .forEach(child -> requireKeys(child, arguments[arguments.length - 1], source));
    } else if (type instanceof Class<?> record && record.isRecord() && element.isJsonObject()) {
      var unknown = new TreeMap<>(element.getAsJsonObject().asMap());
      var missing = new ArrayList<String>();
      for (RecordComponent component : record.getRecordComponents()) {
        JsonElement value = unknown.remove(key(component));
        if (value != null) {
          requireKeys(value, component.getGenericType(), source);
        } else if (component.getType().isPrimitive()) {
          missing.add(key(component));
        }
      }
      if (!unknown.isEmpty()) {
        throw new InputException(
            "%s: unknown %s %s."
                .formatted(source, unknown.size() == 1 ? "key" : "keys", unknown.keySet()),
            "Known keys: "
                + Arrays.stream(record.getRecordComponents())
                    .map(Json::key)
                    .collect(Collectors.joining(", "))
                + ".");
      }
      if (!missing.isEmpty()) { // they would be read as 0 or false
        throw new InputException("%s: missing %s.".formatted(source, missing), "Add a value.");
      }
    }
  }

  private static Collection<JsonElement> children(JsonElement element) {
    return element.isJsonArray()
        ? element.getAsJsonArray().asList()
        : element.isJsonObject() ? element.getAsJsonObject().asMap().values() : List.of();
  }

  /**
   * Reads one JSON object, strictly: no comments, no key twice, nothing after it.
   *
   * @throws InputException where the text is anything else
   */
  public static JsonObject readObject(String text, String source) {
    var reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw new MalformedJsonException("it does not begin with {");
      }
      JsonElement element = readElement(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("something follows the object");
      }
      return element.getAsJsonObject();
    } catch (IOException | NumberFormatException e) {
      throw new InputException(
          "%s: not JSON (%s).".formatted(source, e.getMessage()), "Check the file's content.");
    }
  }

  /** Writes a record or a list of records, indented. */
  public static String write(Object value) {
    return GSON.toJson(value) + "\n";
  }

  // Gson's own parser takes the last of two equal keys. Its reader limits the depth.
  private static JsonElement readElement(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> {
        var object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
          String key = reader.nextName();
          if (object.has(key)) {
            throw new MalformedJsonException("the key '" + key + "' stands twice");
          }
          object.add(key, readElement(reader));
        }
        reader.endObject();
        yield object;
      }
      case BEGIN_ARRAY -> {
        var array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
          array.add(readElement(reader));
        }
        reader.endArray();
        yield array;
      }
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> new JsonPrimitive(new BigDecimal(reader.nextString()));
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      default -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
    };
  }

  private static String key(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
