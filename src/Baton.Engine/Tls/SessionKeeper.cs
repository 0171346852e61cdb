// What OpenSSL asks the cache of sessions: keep this one, where is that one, forget it.
// SAFETY: callbacks of OpenSSL on the thread that called it, for a context whose object lives; what they throw is kept for after the call
// (CallbackFault). Sessions are written and read within a call, on the stack, which is wiped.
using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class SessionKeeper
{
    /// <summary>The context's sessions are kept in the process's cache, and nowhere else.</summary>
    public static void Attach(nint context, SessionCache cache)
    {
        nint mode = cache.IsOff ? SslContext.SESS_CACHE_OFF : SslContext.SESS_CACHE_SERVER | SslContext.SESS_CACHE_NO_INTERNAL;
        SslContext.SSL_CTX_ctrl(context, SslContext.CTRL_SET_SESS_CACHE_MODE, mode, 0);
        if (cache.IsOff)
            return;
        SslContext.SSL_CTX_sess_set_new_cb(context, &Keep);
        SslContext.SSL_CTX_sess_set_get_cb(context, &Find);
        SslContext.SSL_CTX_sess_set_remove_cb(context, &Forget);
    }

    private static ReadOnlySpan<byte> IdOf(nint session)
    {
        uint length;
        byte* id = Ssl.SSL_SESSION_get_id(session, &length);
        return new ReadOnlySpan<byte>(id, (int)length);
    }

    /// <summary>Never takes the reference: what is kept is a copy.</summary>
    [UnmanagedCallersOnly]
    private static int Keep(nint ssl, nint session)
    {
        try
        {
            CallbackFault.Enter();
            // a ticket of TLS 1.3 holds its session by itself
            bool isHeldByTicket = Ssl.SSL_version(ssl) == Ssl.TLS1_3_VERSION && (Ssl.SSL_get_options(ssl) & SslContext.OP_NO_TICKET) == 0;
            if (!isHeldByTicket && TlsContext.OfSession(ssl)?.Binding?.Sessions is { } cache)
                Keep(session, cache);
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
        }
        return 0;
    }

    private static void Keep(nint session, SessionCache cache)
    {
        int length = Ssl.i2d_SSL_SESSION(session, null);
        if (length is <= 0 or > SessionCache.LongestSession)
            return;
        Span<byte> bytes = stackalloc byte[SessionCache.LongestSession];
        fixed (byte* p = bytes)
        {
            byte* at = p;
            length = Ssl.i2d_SSL_SESSION(session, &at);
        }
        if (length > 0)
            cache.Add(IdOf(session), bytes[..length]);
        CryptographicOperations.ZeroMemory(bytes);
    }

    [UnmanagedCallersOnly]
    private static nint Find(nint ssl, byte* id, int length, int* isCopied)
    {
        try
        {
            CallbackFault.Enter();
            *isCopied = 0;
            return TlsContext.OfSession(ssl)?.Binding?.Sessions is { } cache ? Find(ssl, cache, new ReadOnlySpan<byte>(id, length)) : 0;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return 0;
        }
    }

    private static nint Find(nint ssl, SessionCache cache, ReadOnlySpan<byte> id)
    {
        Span<byte> bytes = stackalloc byte[SessionCache.LongestSession];
        bool once = EarlyData.IsAllowed(ssl);
        int found = once ? cache.Take(id, bytes, out bool isInherited) : cache.Find(id, bytes, out isInherited);
        if (found == 0)
            return 0;
        // the process before may have taken early data with it
        if (once && isInherited)
            EarlyData.Refuse(ssl);
        nint session;
        fixed (byte* p = bytes)
        {
            byte* at = p;
            session = Ssl.d2i_SSL_SESSION(0, &at, found);
        }
        CryptographicOperations.ZeroMemory(bytes);
        return session;
    }

    [UnmanagedCallersOnly]
    private static void Forget(nint context, nint session)
    {
        try
        {
            CallbackFault.Enter();
            TlsContext.Of(context)?.Binding?.Sessions.Remove(IdOf(session));
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
        }
    }
}
