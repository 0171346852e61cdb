// What a bind line with TLS offers at one time: its settings, an SSL_CTX of each for each worker, and its certificates. When an operator
// changes authorities, revocations or a crt-list another one takes its place: handshakes that have begun end with what they began with.
// SAFETY: a context is made for its worker and let go on that worker (Retire), behind whatever it does with it; sessions that still have
// it hold references of their own.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Engine.Tls;

/// <summary>The index of certificates is replaced whole by whoever changes it, under the store's lock; workers take it as it is.</summary>
public sealed class TlsOffer
{
    private readonly TlsSettings[] _settings;
    private readonly TlsContext?[,] _contexts;
    private volatile NameIndex _names;

    /// <param name="settings">Those of the bind line, then those of lines of crt-lists that say something of their own.</param>
    internal TlsOffer(TlsBinding binding, TlsSettings[] settings, IReadOnlyList<TlsEntry> entries, int workers)
    {
        Binding = binding;
        _settings = settings;
        _contexts = new TlsContext?[settings.Length, workers];
        _names = new NameIndex(entries);
        TakesEarlyData = Array.Exists(settings, s => s.TakesEarlyData);
        AsksForCertificates = Array.Exists(settings, s => s.Verify is TlsVerify.Optional or TlsVerify.Required);
    }

    public TlsBinding Binding { get; }

    /// <summary>Clients are asked for certificates, by some of its settings at least.</summary>
    public bool AsksForCertificates { get; }

    /// <summary>Early data are taken, by some of its settings at least.</summary>
    public bool TakesEarlyData { get; }

    /// <summary>The certificates now.</summary>
    public NameIndex Names
    {
        get => _names;
        set => _names = value;
    }

    internal IReadOnlyList<TlsSettings> Settings => _settings;

    internal TlsSettings SettingsAt(int number) => _settings[number];

    internal int Workers => _contexts.GetLength(1);

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

    /// <summary>Nobody begins with it any more.</summary>
    internal void Retire(IReadOnlyList<Worker> workers)
    {
        for (int i = 0; i < Workers && i < workers.Count; i++)
        {
            int worker = i;
            workers[i].Post(_ => Free(worker));
        }
    }

    /// <summary>Lets go of the contexts of one worker, on its thread; or of all, where no worker has had them.</summary>
    internal void Free(int worker)
    {
        for (int i = 0; i < _settings.Length; i++)
            Interlocked.Exchange(ref _contexts[i, worker], null)?.Free();
    }
}
