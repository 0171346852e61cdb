// One "http-check" or "tcp-check" line: a step of what is said between Baton and a server that is checked.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

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

    /// <summary>connect: what is offered, as it is on the wire, and what is spoken; null for what the server's line says.</summary>
    public byte[]? Alpn { get; set; }
    public string? Proto { get; set; }

    /// <summary>connect: the port as a sample, which may come to none.</summary>
    public SampleExpressionConfig? PortSample { get; set; }

    /// <summary>"default": what is not said is as the server's checks have it.</summary>
    public bool IsDefault { get; set; }

    /// <summary>tcp-check send: the bytes, or the format that gives them, perhaps as hexadecimal digits.</summary>
    public byte[]? Data { get; set; }
    public LogFormatConfig? Format { get; set; }
    public bool IsHex { get; set; }

    /// <summary>set-var, set-var-fmt, unset-var.</summary>
    public RuleConfig? Variable { get; set; }

    /// <summary>http-check send: null for what "option httpchk" says.</summary>
    public string? Method { get; set; }
    public string? Uri { get; set; }
    public string? Version { get; set; }
    public List<(string Name, LogFormatConfig Value)> Headers { get; } = [];
    public byte[]? Body { get; set; }
    public LogFormatConfig? UriFormat { get; set; }
    public LogFormatConfig? BodyFormat { get; set; }

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
    public LogFormatConfig? NameFormat { get; set; }
    public LogFormatConfig? ValueFormat { get; set; }
    public CheckTextMatch NameMatch { get; set; }
    public CheckTextMatch ValueMatch { get; set; }

    /// <summary>-1 when not said.</summary>
    public int MinReceive { get; set; } = -1;

    /// <summary>Codes of outcomes ("L7OK"), null for the usual ones; what is said with them.</summary>
    public string? OkStatus { get; set; }
    public string? ErrorStatus { get; set; }
    public string? TimeoutStatus { get; set; }
    public LogFormatConfig? OnSuccess { get; set; }
    public LogFormatConfig? OnError { get; set; }

    /// <summary>"status-code": what is told as the code.</summary>
    public SampleExpressionConfig? StatusCode { get; set; }
}
