// What happens in a handshake between the client's first message and our certificate: the choice by name and by what the client can
// verify, ALPN, and tickets.
// SAFETY: callbacks of OpenSSL, on the thread that called it, for a session of a context whose handle (its argument) lives as long. What
// they throw is kept for after the call (CallbackFault). What they are given points into the session, for the time of the call.
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class HelloChoice
{
    private const uint ServerNameExtension = 0,
        TimestampExtension = 18,
        SignatureAlgorithmsExtension = 13;

    /// <summary>From the ClientHello to the question for a certificate, which comes in the same call of OpenSSL.</summary>
    [ThreadStatic]
    private static TlsEntry? t_chosen;

    public static void Attach(nint context, nint handle)
    {
        SslContext.SSL_CTX_set_client_hello_cb(context, &Choose, handle);
        SslContext.SSL_CTX_set_cert_cb(context, &Show, handle);
        SslContext.SSL_CTX_callback_ctrl(context, SslContext.CTRL_SET_TLSEXT_SERVERNAME_CB, &Acknowledge);
        SslContext.SSL_CTX_callback_ctrl(context, SslContext.CTRL_SET_TLSEXT_STATUS_REQ_CB, &Staple);
        SslContext.SSL_CTX_add_custom_ext(
            context,
            TimestampExtension,
            SslContext.EXT_CLIENT_HELLO | SslContext.EXT_TLS1_2_SERVER_HELLO | SslContext.EXT_TLS1_3_CERTIFICATE,
            &AddTimestamps,
            null,
            0,
            null,
            0
        );
    }

    [UnmanagedCallersOnly]
    private static int Choose(nint ssl, int* alert, nint handle)
    {
        try
        {
            CallbackFault.Enter();
            return Choose(ssl, (TlsContext)GCHandle.FromIntPtr(handle).Target!, out *alert);
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            *alert = SslContext.AD_INTERNAL_ERROR;
            return SslContext.CLIENT_HELLO_ERROR;
        }
    }

    private static int Choose(nint ssl, TlsContext context, out int alert)
    {
        alert = SslContext.AD_UNRECOGNIZED_NAME;
        t_chosen = null;
        TlsOffer offer = context.Offer!;
        NameIndex names = offer.Names;
        ReadOnlySpan<byte> name = ServerName(ssl);
        TlsEntry? entry = null;
        if (!name.IsEmpty)
        {
            bool knowsEcdsa = KnowsEcdsa(ssl, out bool knowsRsa);
            entry = names.Find(name, knowsRsa, knowsEcdsa);
            // COMPAT: with the key of the certificate that is for all others, which goes out itself when none can be made
            if (entry is null && offer.Binding is { Issued: { } issued, Authority: { } authority } && names.Entries.Count > 0)
                entry = issued.Find(name, authority, names.Entries[0].Bundle);
        }
        if (entry is null && !offer.Binding.IsStrict && names.Entries.Count > 0)
            entry = names.Entries[0];
        t_chosen = entry;
        if (entry is null)
            return SslContext.CLIENT_HELLO_ERROR;
        if (entry.Settings != context.SettingsNumber)
            Switch(ssl, offer, entry.Settings, context.WorkerIndex);
        if (offer.SettingsAt(entry.Settings).TakesEarlyData)
            EarlyData.Allow(ssl);
        if ((context.Uses & Configuration.Expressions.TlsUses.Greeting) != 0)
            SessionCapture.Of(ssl)?.Take(ssl, entry.Bundle.Name, context.Settings.CaptureBytes);
        // a session that is resumed is not asked for one
        if (context.KeepsOwnCertificate)
            entry.Bundle.Use(ssl);
        return SslContext.CLIENT_HELLO_SUCCESS;
    }

    private static void Switch(nint ssl, TlsOffer offer, int settings, int worker)
    {
        TlsSettings wanted = offer.SettingsAt(settings);
        SslContext.SSL_set_SSL_CTX(ssl, offer.Context(settings, worker).Handle);
        Ssl.SSL_ctrl(ssl, SslContext.CTRL_SET_MIN_PROTO_VERSION, TlsVersions.Number(wanted.Versions.Lowest), 0);
        Ssl.SSL_ctrl(ssl, SslContext.CTRL_SET_MAX_PROTO_VERSION, TlsVersions.Number(wanted.Versions.Highest), 0);
        TlsVerification.Switch(ssl, wanted);
    }

    /// <summary>RFC 6066 §3.</summary>
    private static ReadOnlySpan<byte> ServerName(nint ssl)
    {
        byte* at;
        nuint length;
        if (SslContext.SSL_client_hello_get0_ext(ssl, ServerNameExtension, &at, &length) != 1 || length < 5)
            return default;
        var list = new ReadOnlySpan<byte>(at, (int)length);
        int size = BinaryPrimitives.ReadUInt16BigEndian(list[3..]);
        return list[2] == 0 && size <= list.Length - 5 ? list.Slice(5, size) : default;
    }

    /// <summary>RFC 8446 §4.2.3, RFC 5246 §7.4.1.4.1: what is not said is RSA.</summary>
    private static bool KnowsEcdsa(nint ssl, out bool knowsRsa)
    {
        knowsRsa = true;
        byte* at;
        nuint length;
        if (SslContext.SSL_client_hello_get0_ext(ssl, SignatureAlgorithmsExtension, &at, &length) != 1 || length < 2)
            return false;
        knowsRsa = false;
        bool knowsEcdsa = false;
        for (nuint i = 2; i + 1 < length; i += 2)
        {
            byte first = at[i],
                second = at[i + 1];
            if (first == 8)
                knowsRsa |= second is >= 4 and <= 6 or >= 9 and <= 11;
            else
            {
                knowsRsa |= second == 1;
                knowsEcdsa |= second == 3;
            }
        }
        return knowsEcdsa && HasEcdsaCipher(ssl);
    }

    private static bool HasEcdsaCipher(nint ssl)
    {
        byte* at;
        nuint length = SslContext.SSL_client_hello_get0_ciphers(ssl, &at);
        for (nuint i = 0; i + 1 < length; i += 2)
        {
            int suite = at[i] << 8 | at[i + 1];
            // suites of TLS 1.3 go with any certificate, the others are ECDHE_ECDSA
            if (
                suite >> 8 == 0x13
                || suite is >= 0xC006 and <= 0xC00A or 0xC023 or 0xC024 or 0xC02B or 0xC02C or 0xC048 or 0xC049 or 0xC05C or 0xC05D
                || suite is 0xC072 or 0xC073 or 0xC086 or 0xC087 or >= 0xC0AC and <= 0xC0AF or 0xCCA9
            )
                return true;
        }
        return false;
    }

    /// <summary>A certificate is wanted: the session is a new one.</summary>
    [UnmanagedCallersOnly]
    private static int Show(nint ssl, nint handle)
    {
        try
        {
            CallbackFault.Enter();
            TlsEntry? entry = t_chosen;
            return entry is not null && entry.Bundle.Use(ssl) ? 1 : 0;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return 0;
        }
    }

    /// <summary>The client's name was looked at.</summary>
    [UnmanagedCallersOnly]
    private static int Acknowledge(nint ssl, int* alert, nint argument) => SslContext.TLSEXT_ERR_OK;

    /// <summary>The client wants to hear that the certificate is not revoked (RFC 6066 §8).</summary>
    [UnmanagedCallersOnly]
    private static int Staple(nint ssl, int* alert, nint argument)
    {
        try
        {
            CallbackFault.Enter();
            return Staple(ssl);
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return SslContext.TLSEXT_ERR_ALERT_FATAL;
        }
    }

    private static int Staple(nint ssl)
    {
        if (t_chosen?.Bundle.Staple?.Current is not { } response)
            return SslContext.TLSEXT_ERR_NOACK;
        nint copy = LibMemory.CRYPTO_malloc((nuint)response.Length, null, 0);
        if (copy == 0)
            return SslContext.TLSEXT_ERR_NOACK;
        response.CopyTo(new Span<byte>((void*)copy, response.Length));
        // the session frees it
        Ssl.SSL_ctrl(ssl, SslContext.CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, response.Length, copy);
        return SslContext.TLSEXT_ERR_OK;
    }

    /// <summary>Timestamps of certificate transparency (RFC 6962 §3.3), for our own certificate and no other of the chain.</summary>
    [UnmanagedCallersOnly]
    private static int AddTimestamps(
        nint ssl,
        uint type,
        uint where,
        byte** into,
        nuint* length,
        nint certificate,
        nuint depth,
        int* alert,
        nint argument
    )
    {
        try
        {
            CallbackFault.Enter();
            if (depth != 0 || t_chosen?.Bundle.Timestamps is not { } timestamps)
                return 0;
            *into = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(timestamps, 0);
            *length = (nuint)timestamps.Length;
            return 1;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            *alert = SslContext.AD_INTERNAL_ERROR;
            return -1;
        }
    }

    /// <summary>ALPN (RFC 7301): our order decides. COMPAT: nothing in common is not a fault.</summary>
    [UnmanagedCallersOnly]
    internal static int SelectProtocol(nint ssl, byte** chosen, byte* length, byte* theirs, uint theirsLength, nint handle)
    {
        try
        {
            CallbackFault.Enter();
            var context = (TlsContext)GCHandle.FromIntPtr(handle).Target!;
            int found = SslContext.SSL_select_next_proto(chosen, length, context.Protocols, context.ProtocolsLength, theirs, theirsLength);
            return found == SslContext.NPN_NEGOTIATED ? SslContext.TLSEXT_ERR_OK : SslContext.TLSEXT_ERR_NOACK;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return SslContext.TLSEXT_ERR_ALERT_FATAL;
        }
    }
}
