// A stick table as it is declared: by "stick-table" in a proxy, or by "table" in a peers section.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class StickTableConfig
{
    /// <summary>The proxy's name, or SECTION/TABLE for one of a peers section: what rules and the runtime API call it.</summary>
    public required string Name { get; init; }

    /// <summary>Its own name in a peers section: what peers call it. Null for a proxy's.</summary>
    public string? NameInSection { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>The peers section it is told to, by "peers" or because it stands there.</summary>
    public string? Peers { get; set; }

    /// <summary>The proxy it belongs to; null for one of a peers section.</summary>
    public ProxyConfig? Proxy { get; init; }

    /// <summary>Its place in <see cref="ProcessConfig.StickTables"/>.</summary>
    public int Index { get; set; } = -1;
    public StickKeyType Type { get; set; }

    /// <summary>Bytes of a key: all of them, or for strings at most.</summary>
    public int KeyLength { get; set; }

    /// <summary>Entries at most.</summary>
    public int Size { get; set; }

    /// <summary>How long an entry lives that nobody touches; 0 for ever.</summary>
    public int ExpireMs { get; set; }
    public bool NoPurge { get; set; }
    public StickServerKey ServerKey { get; set; }

    /// <summary>"recv-only": never changed here, only by peers.</summary>
    public bool RecvOnly { get; set; }

    /// <summary>"write-to": another table that peers' updates are written to as well.</summary>
    public StickTableReference? WriteTo { get; set; }

    /// <summary>"brates-factor": bytes that count as one in the rates of bytes.</summary>
    public int BytesRateFactor { get; set; } = 1;

    /// <summary>What it stores, by number of the type.</summary>
    public List<StickDataConfig> Data { get; } = [];

    public StickDataConfig? Find(StickDataType type) => Data.Find(d => d.Type == type);

    /// <summary>Stores one more thing. False when it is stored already.</summary>
    public bool Store(StickDataConfig data)
    {
        int at = Data.FindIndex(d => d.Type >= data.Type);
        if (at >= 0 && Data[at].Type == data.Type)
            return false;
        Data.Insert(at < 0 ? Data.Count : at, data);
        return true;
    }

    /// <summary>The word for its type of keys.</summary>
    public string TypeName =>
        Type switch
        {
            StickKeyType.Ip => "ip",
            StickKeyType.Ipv6 => "ipv6",
            StickKeyType.Integer => "integer",
            StickKeyType.String => "string",
            _ => "binary",
        };
}
