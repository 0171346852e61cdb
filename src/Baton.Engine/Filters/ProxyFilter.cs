// A filter of a frontend or of a backend: its line, and the objects that streams have borrowed and given back.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Core.Pools;
using Baton.Engine.Loop;

namespace Baton.Engine.Filters;

/// <summary>Built once; a worker touches its own pool alone.</summary>
public sealed class ProxyFilter
{
    /// <summary>Bytes of a filter's object, about.</summary>
    private const int ObjectSize = 160;

    private readonly ObjectPool<StreamFilter>?[] _pools;

    private ProxyFilter(StreamFilterConfig config, string proxy, bool isOfBackend, int workers)
    {
        Config = config;
        ProxyName = proxy;
        IsOfBackend = isOfBackend;
        _pools = new ObjectPool<StreamFilter>?[workers];
    }

    public StreamFilterConfig Config { get; }

    /// <summary>The name of the section it stands in.</summary>
    public string ProxyName { get; }

    /// <summary>It joins a stream when that has got its backend, and not at its begin.</summary>
    public bool IsOfBackend { get; }

    /// <summary>Null when there are none, so that streams test one reference.</summary>
    public static ProxyFilter[]? Create(ProxyConfig proxy, bool ofBackend, int workers)
    {
        List<FilterConfig> lines = proxy.Filters;
        if (proxy.Compression is not null && lines.Count == 0 && proxy.Mode == ProxyMode.Http)
            lines = [Compression.CompressionFilterConfig.Implied(proxy.Position)];
        return lines.Count == 0
            ? null
            : [.. lines.ConvertAll(line => new ProxyFilter((StreamFilterConfig)line, proxy.Name, ofBackend, workers))];
    }

    /// <summary>Null when there is no memory for one more.</summary>
    internal StreamFilter? Rent(Worker worker)
    {
        ObjectPool<StreamFilter> pool = _pools[worker.Index] ??= new(Config.Create, ObjectSize, worker.Pools);
        StreamFilter? filter = pool.Rent();
        if (filter is not null)
            filter.Of = this;
        return filter;
    }

    internal void Return(Worker worker, StreamFilter filter) => _pools[worker.Index]!.Return(filter);
}
