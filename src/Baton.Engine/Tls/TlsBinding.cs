// What a bind line with TLS is at run time: what never changes of it, and what it offers now.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Engine.Tls;

/// <summary>Any thread; the offer is replaced under the store's lock.</summary>
public sealed class TlsBinding
{
    private volatile TlsOffer _offer;

    /// <param name="settings">Those of the bind line, then those of lines of crt-lists that say something of their own.</param>
    internal TlsBinding(BindConfig bind, string proxy, TlsSettings[] settings, IReadOnlyList<TlsEntry> entries, int workers)
    {
        Bind = bind;
        Proxy = proxy;
        _offer = new TlsOffer(this, settings, entries, workers);
    }

    public BindConfig Bind { get; }

    /// <summary>The proxy's name; "GLOBAL" for the runtime API.</summary>
    public string Proxy { get; }
    public bool IsStrict => Bind.Tls.StrictSni;
    public required TicketKeyRing TicketKeys { get; init; }

    /// <summary>Sessions that clients come back to by number.</summary>
    public required SessionCache Sessions { get; init; }

    /// <summary>Certificates that are made for hosts that none is for (generate-certificates), and who signs them; null without.</summary>
    public IssuedCertificates? Issued { get; init; }
    public SigningAuthority? Authority { get; init; }

    /// <summary>What fetches ask for.</summary>
    public Configuration.Expressions.TlsUses Uses { get; init; }

    /// <summary>What handshakes that begin now get.</summary>
    public TlsOffer Offer => _offer;

    /// <summary>The worker's context for connections that come. Their handshakes find the others.</summary>
    public TlsContext this[int worker] => _offer.Context(0, worker);

    /// <summary>Another one for handshakes that begin from now on.</summary>
    internal void Put(TlsOffer offer, IReadOnlyList<Worker> workers)
    {
        TlsOffer before = _offer;
        _offer = offer;
        before.Retire(workers);
    }
}
