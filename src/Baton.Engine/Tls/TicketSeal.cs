// Seals and opens session tickets with the keys of a ring (RFC 5077 §4).
// SAFETY: a callback of OpenSSL on the thread that called it; its pointers are OpenSSL's, sixteen bytes each for name and vector, for the
// time of the call; what it throws is kept for after it (CallbackFault). Keys are pinned arrays.
using System;
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class TicketSeal
{
    private const int NameLength = 16,
        VectorLength = 16;

    /// <summary>What OpenSSL is told of a ticket: it cannot be used, it can, it can and shall be renewed.</summary>
    private const int Unknown = 0,
        Known = 1,
        Stale = 2;

    /// <summary>PERF: looked up by name once, and not for each ticket.</summary>
    private static readonly Lazy<nint> s_long = new(static () => Fetch("AES-256-CBC\0"u8)),
        s_short = new(static () => Fetch("AES-128-CBC\0"u8));

    private static nint Fetch(ReadOnlySpan<byte> name)
    {
        fixed (byte* p = name)
            return Evp.EVP_CIPHER_fetch(0, p, null);
    }

    public static void Attach(nint context) => SslContext.SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &Key);

    [UnmanagedCallersOnly]
    private static int Key(nint ssl, byte* name, byte* vector, nint cipher, nint seal, int isNew)
    {
        try
        {
            CallbackFault.Enter();
            return Begin(ssl, name, vector, cipher, seal, isNew);
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return -1;
        }
    }

    private static int Begin(nint ssl, byte* name, byte* vector, nint cipher, nint seal, int isNew)
    {
        if (TlsContext.OfSession(ssl)?.Binding is not { } binding)
            return -1;
        TicketKeyRing ring = binding.TicketKeys;
        if (isNew != 0)
        {
            byte[] current = ring.ForNewTickets();
            current.AsSpan(0, NameLength).CopyTo(new Span<byte>(name, NameLength));
            if (Keys.RAND_bytes(vector, VectorLength) != 1)
                return -1;
            return Begin(current, vector, cipher, seal, encrypt: true) ? Known : -1;
        }
        byte[]? found = ring.Find(new ReadOnlySpan<byte>(name, NameLength), out bool isCurrent);
        if (found is null)
            return Unknown;
        if (!Begin(found, vector, cipher, seal, encrypt: false))
            return -1;
        // clients of TLS 1.3 use a ticket once (RFC 8446 §C.4), and get no other one unless it is said here
        return isCurrent && Ssl.SSL_version(ssl) != Ssl.TLS1_3_VERSION ? Known : Stale;
    }

    private static bool Begin(byte[] key, byte* vector, nint cipher, nint seal, bool encrypt)
    {
        bool isLong = key.Length == TicketKeyRing.Long;
        int half = (key.Length - NameLength) / 2;
        nint algorithm = isLong ? s_long.Value : s_short.Value;
        fixed (byte* at = key)
        fixed (
            byte* digestWord = "digest\0"u8,
                keyWord = "key\0"u8,
                digest = "SHA256\0"u8
        )
        {
            // COMPAT: the short form has the cipher's key first, the long one that of the seal
            byte* first = at + NameLength,
                sealKey = isLong ? first : first + half,
                cipherKey = isLong ? first + half : first;
            LibParameter* parameters = stackalloc LibParameter[3];
            parameters[0] = new LibParameter
            {
                Key = keyWord,
                DataType = LibParameter.OctetString,
                Data = sealKey,
                DataSize = (nuint)half,
            };
            parameters[1] = new LibParameter
            {
                Key = digestWord,
                DataType = LibParameter.Utf8String,
                Data = digest,
                DataSize = 6,
            };
            parameters[2] = default;
            return Keys.EVP_MAC_CTX_set_params(seal, parameters) == 1
                && (
                    encrypt
                        ? Keys.EVP_EncryptInit_ex(cipher, algorithm, 0, cipherKey, vector)
                        : Keys.EVP_DecryptInit_ex(cipher, algorithm, 0, cipherKey, vector)
                ) == 1;
        }
    }
}
