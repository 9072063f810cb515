package org.omnirad.data;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.omnirad.run.InputException;

/**
 * The proxies that {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} name, as curl and
 * Python read them; Java itself knows only its own properties, which go first.
 */
final class EnvironmentProxies extends ProxySelector {

  private final Map<String, String> environment;
  private final ProxySelector system;

  EnvironmentProxies(Map<String, String> environment, ProxySelector system) {
    this.environment = environment;
    this.system = system;
  }

  @Override
  public List<Proxy> select(URI uri) {
    List<Proxy> chosen = system.select(uri);
    boolean direct = chosen.stream().allMatch(proxy -> proxy.type() == Proxy.Type.DIRECT);
    if (!direct || isExempt(uri.getHost().toLowerCase(Locale.ROOT))) {
      return chosen;
    }
    return variable(uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy")
        .map(EnvironmentProxies::proxy)
        .map(List::of)
        .orElse(chosen);
  }

  private boolean isExempt(String host) {
    return host.equals("localhost")
        || host.startsWith("127.")
        || Stream.of(variable("no_proxy").orElse("").toLowerCase(Locale.ROOT).split(",", -1))
            .map(String::strip)
            .anyMatch(name -> matches(host, name));
  }

  private static boolean matches(String host, String name) {
    String domain = name.replaceFirst("^\\*?\\.", "");
    return name.equals("*")
        || (!domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain)));
  }

  private Optional<String> variable(String name) {
    return Stream.of(name, name.toUpperCase(Locale.ROOT))
        .map(environment::get)
        .filter(value -> value != null && !value.isBlank())
        .findFirst();
  }

  private static Proxy proxy(String address) {
    try {
      URI uri = URI.create(address.contains("://") ? address : "http://" + address);
      if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
        throw new IllegalArgumentException("no http proxy");
      }
      int port = uri.getPort() < 0 ? 80 : uri.getPort();
      return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "The proxy '" + address + "' is no address of an http proxy.",
          "Set HTTPS_PROXY and HTTP_PROXY to an address such as http://host:3128.");
    }
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    system.connectFailed(uri, address, e);
  }
}
