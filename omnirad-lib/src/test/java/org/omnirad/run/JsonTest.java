package org.omnirad.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  record Setting(int imageSize, String name) {
    Setting {
      if (imageSize < 0) {
        throw new IllegalArgumentException("imageSize is " + imageSize);
      }
    }
  }

  @Test
  void recordsComeBack() {
    var setting = new Setting(224, "a \"b\" <c>");
    String text = Json.write(setting);
    assertTrue(text.contains("\"image_size\": 224"), text);
    assertEquals(setting, Json.read(text, Setting.class, "test"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"image_size\": 1, \"colour\": 2}",
        "{\"image_size\": \"many\"}",
        "{\"name\": \"without a number\"}",
        "{\"image_size\": 1, \"image_size\": 2}",
        "{\"image_size\": 1} x",
        "[1]",
        "{",
        "",
        "{\"image_size\": -1}"
      })
  void badTextIsRefusedWithItsSource(String text) {
    var e =
        assertThrows(InputException.class, () -> Json.read(text, Setting.class, "settings.json"));
    assertTrue(e.getMessage().startsWith("settings.json: "), e.getMessage());
  }

  @Test
  void anUnknownKeyListsTheKnown() {
    var e =
        assertThrows(
            InputException.class, () -> Json.read("{\"size\": 1}", Setting.class, "settings.json"));
    assertEquals(
        "settings.json: unknown key [size]. Known keys: image_size, name.", e.getMessage());
  }

  record Group(List<Setting> settings, Map<String, Setting> named) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'settings': [{'image_size': 1, 'colour': 3}]}",
        "{'settings': [], 'named': {'a': {'image_size': 1, 'colour': 3}}}"
      })
  void unknownKeysAreFoundInNestedRecords(String bad) {
    var e = assertThrows(InputException.class, () -> group(bad));
    assertTrue(e.getMessage().contains("unknown key [colour]"), e.getMessage());
    assertNotNull(group(bad.replace(", 'colour': 3", "")));
  }

  private static Group group(String text) {
    return Json.read(text.replace('\'', '"'), Group.class, "test");
  }
}
