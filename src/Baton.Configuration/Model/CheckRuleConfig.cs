// One "http-check" or "tcp-check" line: a step of what is said between Baton and a server that is checked.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class CheckRuleConfig
{
    public required CheckRuleKind Kind { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>Which line of its list it is, from 1; 0 for one that nobody wrote.</summary>
    public int Number { get; set; }
    public string Comment { get; set; } = "";

    /// <summary>connect: 0 and null for where the server's checks go.</summary>
    public int Port { get; set; }
    public AddressConfig? Address { get; set; }
    public bool SendProxy { get; set; }
    public bool ViaSocks4 { get; set; }
    public bool Linger { get; set; }
    public bool Ssl { get; set; }
    public string? ServerName { get; set; }

    /// <summary>"default": what is not said is as the server's checks have it.</summary>
    public bool IsDefault { get; set; }

    /// <summary>tcp-check send: the bytes.</summary>
    public byte[]? Data { get; set; }

    /// <summary>http-check send: null for what "option httpchk" says.</summary>
    public string? Method { get; set; }
    public string? Uri { get; set; }
    public string? Version { get; set; }
    public List<(string Name, string Value)> Headers { get; } = [];
    public byte[]? Body { get; set; }

    /// <summary>expect.</summary>
    public CheckMatch Match { get; set; }
    public bool Inverse { get; set; }

    /// <summary>Text, regular expression, or bytes; ranges of status codes.</summary>
    public string Pattern { get; set; } = "";
    public byte[] Bytes { get; set; } = [];
    public List<(int Low, int High)> Codes { get; } = [];

    /// <summary>hdr, fhdr: the name, and the value (null: any).</summary>
    public string Name { get; set; } = "";
    public string? Value { get; set; }
    public CheckTextMatch NameMatch { get; set; }
    public CheckTextMatch ValueMatch { get; set; }

    /// <summary>-1 when not said.</summary>
    public int MinReceive { get; set; } = -1;

    /// <summary>Codes of outcomes ("L7OK"), null for the usual ones; what is said with them.</summary>
    public string? OkStatus { get; set; }
    public string? ErrorStatus { get; set; }
    public string? TimeoutStatus { get; set; }
    public string? OnSuccess { get; set; }
    public string? OnError { get; set; }
}
