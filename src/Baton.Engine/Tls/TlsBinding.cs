// What a bind line with TLS is at run time: its certificates, the choice among them, and a TlsContext for each worker and each kind of
// settings.
// SAFETY: contexts are never freed: sessions and callbacks refer to them, and there are as many as lines in the configuration.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;

namespace Baton.Engine.Tls;

/// <summary>The index of certificates is replaced whole by whoever changes it, under the store's lock; workers take it as it is.</summary>
public sealed class TlsBinding
{
    private readonly TlsSettings[] _settings;
    private readonly TlsContext?[,] _contexts;
    private volatile NameIndex _names;

    /// <param name="settings">Those of the bind line, then those of lines of crt-lists that say something of their own.</param>
    internal TlsBinding(BindConfig bind, string proxy, TlsSettings[] settings, IReadOnlyList<TlsEntry> entries, int workers)
    {
        Bind = bind;
        Proxy = proxy;
        _settings = settings;
        _contexts = new TlsContext?[settings.Length, workers];
        _names = new NameIndex(entries);
        AsksForCertificates = Array.Exists(settings, s => s.Verify is TlsVerify.Optional or TlsVerify.Required);
    }

    public BindConfig Bind { get; }

    /// <summary>The proxy's name; "GLOBAL" for the runtime API.</summary>
    public string Proxy { get; }
    public bool IsStrict => Bind.Tls.StrictSni;
    public required TicketKeyRing TicketKeys { get; init; }

    /// <summary>What fetches ask for.</summary>
    public Configuration.Expressions.TlsUses Uses { get; init; }

    /// <summary>Clients are asked for certificates, by some of its settings at least.</summary>
    public bool AsksForCertificates { get; }

    /// <summary>The certificates now.</summary>
    public NameIndex Names
    {
        get => _names;
        set => _names = value;
    }

    internal TlsSettings SettingsAt(int number) => _settings[number];

    /// <summary>The worker's context for connections that come. Their handshakes find the others.</summary>
    public TlsContext this[int worker] => Context(0, worker);

    internal TlsContext Context(int settings, int worker) => _contexts[settings, worker] ?? Add(settings, worker);

    /// <summary>What is wrong with the settings; empty when OpenSSL takes all of them.</summary>
    internal string Try()
    {
        for (int i = 0; i < _settings.Length; i++)
            if (TlsContext.Of(this, i, 0, out string error) is { } context)
                _contexts[i, 0] = context;
            else
                return error;
        return "";
    }

    private TlsContext Add(int settings, int worker)
    {
        TlsContext made = TlsContext.Of(this, settings, worker, out _) ?? throw new OutOfMemoryException();
        return Interlocked.CompareExchange(ref _contexts[settings, worker], made, null) ?? made;
    }
}
