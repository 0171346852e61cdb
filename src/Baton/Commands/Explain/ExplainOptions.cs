// The arguments of "baton explain".
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Baton.Commands.Explain;

internal sealed class ExplainOptions
{
    public const string Arguments =
        "-f FILE [--frontend NAME] --request 'GET /path' [--header 'Name: value'] [--from ADDRESS[:PORT]] [--to ADDRESS:PORT]"
        + " [--sni NAME] [--expect WHAT=VALUE] [--json]";

    private static readonly string[] s_known =
    [
        "-f",
        "--frontend",
        "--request",
        "--header",
        "--from",
        "--to",
        "--sni",
        "--expect",
        "--json",
    ];

    private static readonly System.Buffers.SearchValues<char> s_ofNames = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*"
    );

    /// <summary>What may be expected.</summary>
    public static readonly string[] Facts = ["backend", "server", "status", "header", "request-header", "rule"];

    public List<string> Files { get; } = [];
    public string? Frontend { get; private set; }
    public string Request { get; private set; } = "GET /";
    public List<string> Headers { get; } = [];
    public string From { get; private set; } = "127.0.0.1:50000";
    public string? To { get; private set; }

    /// <summary>The name in the client's greeting: it comes over TLS.</summary>
    public string? ServerName { get; private set; }
    public List<(string Fact, string Value)> Expected { get; } = [];
    public bool IsJson { get; private set; }

    /// <summary>Null, and what is wrong.</summary>
    public static ExplainOptions? Parse(string[] args, out string why)
    {
        var options = new ExplainOptions();
        why = "";
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
                options.IsJson = true;
            else if (i + 1 >= args.Length || !options.Take(args[i], args[i + 1], ref why))
            {
                if (why.Length == 0)
                    why = Companions.WrongArgument(args[i], s_known);
                return null;
            }
            else
                i++;
        }
        if (options.Files.Count > 0)
            return options;
        why = "'baton explain' wants a configuration: -f FILE.";
        return null;
    }

    private bool Take(string option, string value, ref string why)
    {
        switch (option)
        {
            case "-f":
                Files.Add(value);
                return true;
            case "--frontend":
                Frontend = value;
                return true;
            case "--request":
                Request = value;
                return true;
            case "--header":
                Headers.Add(value);
                return true;
            case "--from":
                From = value;
                return IsAddress(value, ref why);
            case "--to":
                To = value;
                return IsAddress(value, ref why);
            case "--sni":
                ServerName = value;
                if (value.Length > 0 && !value.AsSpan().ContainsAnyExcept(s_ofNames))
                    return true;
                why = $"'{value}' is no server's name.";
                return false;
            case "--expect":
                int at = value.IndexOf('=');
                if (at > 0 && Array.IndexOf(Facts, value[..at]) >= 0)
                {
                    Expected.Add((value[..at], value[(at + 1)..]));
                    return true;
                }
                why = $"'--expect' wants one of {string.Join(", ", Facts)}, and behind a '=' what it is, got '{value}'.";
                return false;
            default:
                return false;
        }
    }

    private static bool IsAddress(string text, ref string why)
    {
        if (Split(text) is not null)
            return true;
        why = $"'{text}' is no address.";
        return false;
    }

    /// <summary>Address and port, 0 for none; null for neither.</summary>
    public static (System.Net.IPAddress Address, int Port)? Split(string text)
    {
        if (System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? whole))
            return (whole, 0);
        int at = text.LastIndexOf(':');
        return
            at > 0
            && System.Net.IPAddress.TryParse(text[..at].Trim('[', ']'), out System.Net.IPAddress? address)
            && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port <= ushort.MaxValue
            ? (address, port)
            : null;
    }

    /// <summary>The request as it is sent.</summary>
    public string Head()
    {
        string[] words = Request.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string method = words.Length > 1 ? words[0] : "GET",
            target = words.Length > 1 ? words[1]
            : words.Length == 1 ? words[0]
            : "/",
            version = words.Length > 2 ? words[2] : "HTTP/1.1";
        var head = new StringBuilder($"{method} {target} {version}\r\n");
        if (!Headers.Exists(static h => h.StartsWith("host:", StringComparison.OrdinalIgnoreCase)))
            head.Append("Host: localhost\r\n");
        foreach (string header in Headers)
            head.Append(header).Append("\r\n");
        return head.Append("\r\n").ToString();
    }
}
