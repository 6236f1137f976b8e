import Glibc

/// An interface of a network to other hosts.
struct NetworkInterface {
  let name: String
  /// Its address of IPv4, with dots.
  let address: String

  /// Those that are up, but for the loopback.
  ///
  /// The corresponding C function is `getifaddrs`.
  static var all: [NetworkInterface] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var found: [NetworkInterface] = []
    var next = first
    while let entry = next?.pointee {
      if let interface = NetworkInterface(entry) { found.append(interface) }
      next = entry.ifa_next
    }
    return found
  }

  private init?(_ entry: ifaddrs) {
    guard let socket = entry.ifa_addr, Int32(socket.pointee.sa_family) == AF_INET,
      entry.ifa_flags & UInt32(IFF_UP) != 0,
      entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0
    else { return nil }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard
      getnameinfo(socket, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
    else { return nil }
    name = String(cString: entry.ifa_name)
    address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
