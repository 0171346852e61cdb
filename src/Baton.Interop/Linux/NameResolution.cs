// getaddrinfo: names in the configuration are resolved once, at start, before any traffic.
// SAFETY: the list is the C library's until freeaddrinfo; addresses are copied out of it before. A sockaddr is as long as its
// family says.
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class NameResolution
{
    /// <summary>struct addrinfo, 48 bytes on 64-bit glibc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct AddressInfo
    {
        public int Flags,
            Family,
            SocketType,
            Protocol;
        public uint AddressLength;
        private readonly int _padding;
        public byte* Address;
        public byte* CanonicalName;
        public AddressInfo* Next;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int getaddrinfo(string node, byte* service, AddressInfo* hints, AddressInfo** result);

    [LibraryImport("libc")]
    private static partial void freeaddrinfo(AddressInfo* list);

    /// <summary>All addresses of a name as 4 or 16 bytes, in the resolver's order; empty when it has none. <paramref name="family"/> is
    /// AF_UNSPEC, AF_INET or AF_INET6.</summary>
    public static List<byte[]> Resolve(string name, int family)
    {
        var found = new List<byte[]>();
        var hints = new AddressInfo { Family = family, SocketType = Sockets.SOCK_STREAM };
        AddressInfo* list;
        if (getaddrinfo(name, null, &hints, &list) != 0)
            return found;
        for (AddressInfo* at = list; at is not null; at = at->Next)
        {
            if (at->Family == Sockets.AF_INET)
                found.Add(new System.ReadOnlySpan<byte>(at->Address + 4, 4).ToArray());
            else if (at->Family == Sockets.AF_INET6)
                found.Add(new System.ReadOnlySpan<byte>(at->Address + 8, 16).ToArray());
        }
        freeaddrinfo(list);
        return found;
    }
}
