// What a server is called in the persistence cookie: the word of its line, or with "cookie ... dynamic" a hash of its address.
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Baton.Core.Hashing;
using Baton.Core.Text;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

public static class ServerCookie
{
    /// <summary>Empty when the server has none. COMPAT: 16 hex digits of XXH64 over key, address and port, as haproxy makes them, so that
    /// several proxies agree.</summary>
    public static byte[] Of(ServerState server)
    {
        if (server.Config.Cookie is { } word)
            return ByteText.GetBytes(word);
        BackendState backend = server.Backend;
        if (!backend.HasDynamicCookies || backend.DynamicCookieKey is not { } key || server.Endpoint is not { Path.Length: 0 } endpoint)
            return [];
        SocketAddress address = endpoint.Address;
        byte[] secret = ByteText.GetBytes(key),
            text = new byte[secret.Length + address.Length + 4];
        secret.CopyTo(text, 0);
        address.CopyBytes(text.AsSpan(secret.Length));
        BinaryPrimitives.WriteInt32BigEndian(text.AsSpan(secret.Length + address.Length), address.Port);
        return Encoding.ASCII.GetBytes(XxHash64.Compute(text).ToString("x16", CultureInfo.InvariantCulture));
    }
}
