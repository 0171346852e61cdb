// What the sessions of one bind line, or those towards one server, have in common on one worker: an SSL_CTX. It belongs to its worker:
// OpenSSL's locks are then never contended.
// SAFETY: the handle that its callbacks get is freed by OpenSSL's SSL_CTX when that goes, with the last session that has it; what the
// callbacks point to is pinned for as long as the object here lives, which the handle keeps.
using System;
using System.Runtime.InteropServices;
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

public sealed unsafe class TlsContext
{
    /// <summary>Of contexts: the handle of the object here.</summary>
    private static readonly Lazy<int> HandleIndex = new(OwnedHandle.ContextIndex, LazyThreadSafetyMode.ExecutionAndPublication);

    private TlsContext(nint context, TlsSettings settings, TlsOffer? offer, int number, int worker)
    {
        Handle = context;
        Settings = settings;
        Offer = offer;
        SettingsNumber = number;
        WorkerIndex = worker;
        nint handle = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        SslContext.SSL_CTX_set_ex_data(context, HandleIndex.Value, handle);
        if (settings.Alpn.Length > 0)
        {
            byte[] pinned = GC.AllocateUninitializedArray<byte>(settings.Alpn.Length, pinned: true);
            settings.Alpn.CopyTo(pinned, 0);
            _protocols = pinned;
            Protocols = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
            ProtocolsLength = (uint)pinned.Length;
        }
        if (offer is not null)
            HelloChoice.Attach(context, handle);
        if (offer is not null && settings.Alpn.Length > 0)
            SslContext.SSL_CTX_set_alpn_select_cb(context, &HelloChoice.SelectProtocol, handle);
    }

    /// <summary>The SSL_CTX.</summary>
    internal nint Handle { get; }
    internal TlsSettings Settings { get; }

    /// <summary>What of a bind line it is of; null for a context towards a server.</summary>
    internal TlsOffer? Offer { get; }
    internal TlsBinding? Binding => Offer?.Binding;

    /// <summary>Which settings of the binding.</summary>
    internal int SettingsNumber { get; }
    internal int WorkerIndex { get; }

    /// <summary>ALPN as on the wire; null for none.</summary>
    internal byte* Protocols { get; }
    internal uint ProtocolsLength { get; }

    /// <summary>Held for <see cref="Protocols"/>.</summary>
    private readonly byte[]? _protocols;

    /// <summary>The configuration has a fetch that asks for <see cref="TlsDetails"/>.</summary>
    public bool KeepsDetails => (Uses & ~TlsUses.OwnCertificate) != 0;

    /// <summary>What fetches ask of its connections.</summary>
    public TlsUses Uses => Settings.Uses;

    /// <summary>The configuration has a fetch that asks for what was shown to clients.</summary>
    public bool KeepsOwnCertificate => Offer is not null && (Uses & TlsUses.OwnCertificate) != 0;

    /// <summary>The other side may have been asked for a certificate: a handshake may have gone to other settings of the line.</summary>
    public bool AsksForCertificates => Offer is null || Offer.AsksForCertificates;

    /// <summary>A session that nobody has used yet; 0 when there is no memory for one. Whoever takes it frees it.</summary>
    public nint NewSession() => Ssl.SSL_new(Handle);

    /// <summary>The one that a session is of now: a handshake may have gone to another.</summary>
    internal static TlsContext? OfSession(nint ssl) => Of(Ssl.SSL_get_SSL_CTX(ssl));

    /// <summary>The object of an SSL_CTX; null when that is going.</summary>
    internal static TlsContext? Of(nint context) =>
        SslContext.SSL_CTX_get_ex_data(context, HandleIndex.Value) is var handle and not 0
            ? GCHandle.FromIntPtr(handle).Target as TlsContext
            : null;

    /// <summary>A context of a bind line; null with the reason when OpenSSL does not take its settings.</summary>
    internal static TlsContext? Of(TlsOffer offer, int number, int worker, out string error)
    {
        TlsSettings settings = offer.SettingsAt(number);
        nint context = ContextMaker.Make(settings, out error);
        if (context == 0)
            return null;
        byte[] identity = settings.SessionContext(offer.Binding.Proxy);
        fixed (byte* p = identity)
            SslContext.SSL_CTX_set_session_id_context(context, p, (uint)identity.Length);
        TicketSeal.Attach(context);
        SessionKeeper.Attach(context, offer.Binding.Sessions);
        return new TlsContext(context, settings, offer, number, worker);
    }

    /// <summary>A context towards a server; null with the reason when OpenSSL does not take its settings.</summary>
    /// <param name="certificate">What is shown when the server asks; null for nothing.</param>
    internal static TlsContext? Towards(TlsSettings settings, CertificateBundle? certificate, bool resumes, out string error)
    {
        nint context = ContextMaker.Make(settings, out error);
        if (context == 0)
            return null;
        if (certificate is not null && !certificate.UseInContext(context))
        {
            error = $"unable to load SSL certificate into SSL Context '{certificate.Name}' : {LibErrors.TakeReason()}";
            SslContext.SSL_CTX_free(context);
            return null;
        }
        fixed (byte* names = settings.Alpn)
            if (settings.Alpn.Length > 0)
                SslContext.SSL_CTX_set_alpn_protos(context, names, (uint)settings.Alpn.Length);
        SslContext.SSL_CTX_ctrl(
            context,
            SslContext.CTRL_SET_SESS_CACHE_MODE,
            resumes ? SslContext.SESS_CACHE_CLIENT | SslContext.SESS_CACHE_NO_INTERNAL : SslContext.SESS_CACHE_OFF,
            0
        );
        if (resumes)
            SslContext.SSL_CTX_sess_set_new_cb(context, &Keep);
        return new TlsContext(context, settings, null, 0, 0);
    }

    /// <summary>The session towards the server has not brought early data yet: a server that guards against repetition takes them once.
    /// On its worker's thread.</summary>
    internal bool HasFreshSession { get; private set; }

    /// <summary>It brings them now.</summary>
    internal void SpendSession() => HasFreshSession = false;

    /// <summary>Nobody begins a session with it any more; those there are go on. On its worker's thread.</summary>
    internal void Free()
    {
        if (_session != 0)
            Ssl.SSL_SESSION_free(_session);
        _session = 0;
        SslContext.SSL_CTX_free(Handle);
    }

    /// <summary>The last session towards the server, and the name that was asked for in it, in one number.</summary>
    private nint _session;
    private ulong _sessionKey;

    /// <summary>For the next session that the worker begins.</summary>
    private static readonly Lazy<int> KeyIndex = new(
        () => SslContext.CRYPTO_get_ex_new_index(SslContext.EX_INDEX_SSL, 0, 0, 0, 0, 0),
        LazyThreadSafetyMode.ExecutionAndPublication
    );

    /// <summary>Lets a session that has not begun take up the last one that asked for the same name.</summary>
    internal void Resume(nint ssl, ulong nameKey)
    {
        Ssl.SSL_set_ex_data(ssl, KeyIndex.Value, (nint)nameKey);
        if (_session != 0 && _sessionKey == nameKey)
            Ssl.SSL_set_session(ssl, _session);
    }

    /// <summary>A session that can be resumed, or a ticket of one. The reference is ours from here on.</summary>
    [UnmanagedCallersOnly]
    private static int Keep(nint ssl, nint session)
    {
        try
        {
            CallbackFault.Enter();
            if (OfSession(ssl) is not { Binding: null } context)
                return 0;
            var nameKey = (ulong)Ssl.SSL_get_ex_data(ssl, KeyIndex.Value);
            if (context._session != 0)
                Ssl.SSL_SESSION_free(context._session);
            (context._session, context._sessionKey) = (session, nameKey);
            context.HasFreshSession = true;
            return 1;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return 0;
        }
    }
}
