// A slow, obvious parser of HTTP/1 heads, written from the RFCs with strings and expressions, against
// which the fast one is held. It knows nothing of vectors, resuming or pointers.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Http.Messages;

namespace Baton.UnitTests.Http.H1;

/// <summary>Outcome of the oracle; <see cref="ToString"/> is what both parsers must agree on.</summary>
public sealed class OracleHead
{
    private const string Token = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]+";
    private const string RegName = @"[A-Za-z0-9\-._~%!$&'()*+,;=]";
    private static readonly Regex RequestLine = new($@"\A({Token}) ([\x21\x22\x24-\x7e]+) HTTP/(\d)\.(\d)\z");
    private static readonly Regex StatusLine = new(@"\AHTTP/1\.(\d) ([1-9]\d\d)(?: (.*))?\z", RegexOptions.Singleline);
    private static readonly Regex FieldLine = new($@"\A({Token}):[ \t]*(.*?)[ \t]*\z", RegexOptions.Singleline);
    private static readonly Regex HostPort = new($@"\A(?:|(?:{RegName}+|\[(?:{RegName}|:){{2,}}\])(?::\d*)?)\z");
    private static readonly Regex AbsoluteForm = new(@"\A([A-Za-z][A-Za-z0-9+.\-]*)://([^/?]+)(/.*)?\z", RegexOptions.Singleline);

    public ParseStatus Status { get; private set; } = ParseStatus.Complete;
    public int HeadLength { get; private set; }
    public string Start { get; private set; } = "";
    public List<(string Name, string Value)> Fields { get; } = [];
    public BodyKind Body { get; private set; }
    public long ContentLength { get; private set; } = -1;
    public bool KeepAlive { get; private set; }

    private int _minor;
    private string _method = "";
    private string _authority = "";
    private string? _scheme;

    public static OracleHead Request(string text, int maxFields = 101)
    {
        var head = new OracleHead();
        int position = 0;
        while (text.AsSpan(position).StartsWith("\r\n"))
        {
            position += 2;
        }
        head.Read(text, position, maxFields, response: false, HttpMethod.Other);
        return head;
    }

    public static OracleHead Response(string text, HttpMethod requestMethod, int maxFields = 101)
    {
        var head = new OracleHead();
        head.Read(text, 0, maxFields, response: true, requestMethod);
        return head;
    }

    private void Read(string text, int position, int maxFields, bool response, HttpMethod requestMethod)
    {
        ParseStatus bad = response ? ParseStatus.NotHttp : ParseStatus.BadRequest;
        bool first = true;
        while (true)
        {
            int end = position;
            while (end < text.Length && !(text[end] is (< ' ' and not '\t') or '\x7f'))
            {
                end++;
            }
            if (end == text.Length || (text[end] == '\r' && end + 1 == text.Length))
            {
                Status = ParseStatus.Incomplete;
                return;
            }
            int after =
                text[end] == '\n' && response ? end + 1
                : text.AsSpan(end).StartsWith("\r\n") ? end + 2
                : -1;
            if (after < 0)
            {
                Status = bad;
                return;
            }
            string line = text[position..end];
            position = after;
            if (first)
            {
                first = false;
                Status = response ? ReadStatusLine(line) : ReadRequestLine(line);
            }
            else if (line.Length == 0)
            {
                HeadLength = position;
                Status = response ? FinishResponse(requestMethod) : FinishRequest();
                return;
            }
            else
            {
                Match m = FieldLine.Match(line);
                if (!m.Success)
                {
                    Status = bad;
                }
                else if (Fields.Count + 2 > maxFields)
                {
                    Status = response ? ParseStatus.NotHttp : ParseStatus.HeadTooLarge;
                }
                else
                {
                    Fields.Add((m.Groups[1].Value, m.Groups[2].Value));
                    Status = IsSound(response) ? ParseStatus.Complete : bad;
                }
            }
            if (Status != ParseStatus.Complete)
            {
                return;
            }
        }
    }

    private ParseStatus ReadRequestLine(string line)
    {
        Match m = RequestLine.Match(line);
        if (!m.Success || m.Groups[3].Value == "0")
        {
            return ParseStatus.BadRequest;
        }
        if (m.Groups[3].Value != "1")
        {
            return line.StartsWith("PRI * ", StringComparison.Ordinal) ? ParseStatus.BadRequest : ParseStatus.VersionNotSupported;
        }
        _method = m.Groups[1].Value;
        _minor = m.Groups[4].Value[0] - '0';
        string target = m.Groups[2].Value;
        Start = _method + " " + target + " " + _minor;
        Match absolute = AbsoluteForm.Match(target);
        bool valid;
        if (_method == "PRI")
        {
            valid = false;
        }
        else if (_method == "CONNECT")
        {
            _authority = target;
            _scheme = "";
            valid = target[0] != '/' && HostPort.IsMatch(target) && Regex.IsMatch(target, @"[^:]:\d+\z");
        }
        else if (target[0] == '/')
        {
            valid = true;
        }
        else if (target == "*")
        {
            valid = _method == "OPTIONS";
        }
        else
        {
            _scheme = absolute.Groups[1].Value;
            _authority = absolute.Groups[2].Value;
            valid = absolute.Success && HostPort.IsMatch(_authority);
        }
        return valid ? ParseStatus.Complete : ParseStatus.BadRequest;
    }

    private ParseStatus ReadStatusLine(string line)
    {
        Match m = StatusLine.Match(line);
        if (!m.Success)
        {
            return ParseStatus.NotHttp;
        }
        _minor = m.Groups[1].Value[0] - '0';
        Start = m.Groups[2].Value + " " + m.Groups[3].Value + " " + _minor;
        return ParseStatus.Complete;
    }

    private IEnumerable<string> Values(string name) =>
        Fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value);

    private bool IsSound(bool response)
    {
        string[] lengths = Values("content-length").ToArray();
        string[] codings = Values("transfer-encoding").ToArray();
        string[] hosts = Values("host").ToArray();
        if (response)
        {
            lengths = lengths.SelectMany(v => v.Split(',')).Select(v => v.Trim(' ', '\t')).ToArray();
        }
        if (lengths.Any(v => !Regex.IsMatch(v, @"\A[0-9]+\z") || !long.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return false;
        }
        if (response ? lengths.Select(long.Parse).Distinct().Count() > 1 : lengths.Length > 1)
        {
            return false;
        }
        ContentLength = lengths.Length > 0 ? long.Parse(lengths[0], CultureInfo.InvariantCulture) : -1;
        if (
            codings.Length > 1
            || codings.Any(c => !c.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            || (codings.Length > 0 && _minor == 0 && !response)
        )
        {
            return false;
        }
        return response || (hosts.Length <= 1 && hosts.All(h => HostPort.IsMatch(h)));
    }

    private ParseStatus FinishRequest()
    {
        bool chunked = Values("transfer-encoding").Any();
        if (chunked && ContentLength >= 0)
        {
            return ParseStatus.BadRequest;
        }
        Body =
            chunked ? BodyKind.Chunked
            : ContentLength > 0 ? BodyKind.Length
            : BodyKind.None;
        if (Body != BodyKind.None && _method == "CONNECT")
        {
            return ParseStatus.BadRequest;
        }
        if (Body != BodyKind.None && _minor == 0 && _method is "GET" or "HEAD" or "DELETE" && Body != BodyKind.None && _minor == 0)
        {
            return ParseStatus.BodyNotAllowed;
        }
        string? host = Values("host").FirstOrDefault();
        if (_scheme != null && host != null && Normal(host) != Normal(_authority))
        {
            return ParseStatus.BadRequest;
        }
        DropZeros();
        SetKeepAlive(false);
        return ParseStatus.Complete;
    }

    /// <summary>A length goes on without zeros in front.</summary>
    private void DropZeros()
    {
        int at = Fields.FindIndex(f => f.Name.Equals("content-length", StringComparison.OrdinalIgnoreCase));
        if (at >= 0 && Fields[at].Value.TrimStart('0') is var digits)
            Fields[at] = (Fields[at].Name, digits.Length == 0 ? "0" : digits);
    }

    private string Normal(string authority)
    {
        Match m = Regex.Match(authority, @"\A(.*?)(?::(\d*))?\z");
        string port = m.Groups[2].Value;
        string scheme = _scheme!.ToLowerInvariant();
        bool isDefault =
            port.Length == 0
            || (port == "80" && scheme is "" or "http" && port == "80")
            || (port == "443" && scheme is "" or "https" && port == "443");
        return (isDefault ? m.Groups[1].Value : authority).ToLowerInvariant();
    }

    private ParseStatus FinishResponse(HttpMethod requestMethod)
    {
        int status = int.Parse(Start[..3], CultureInfo.InvariantCulture);
        bool chunked = Values("transfer-encoding").Any();
        bool close = chunked && (ContentLength >= 0 || _minor == 0);
        bool several = Values("content-length").Any(v => v.Contains(',')) || Values("content-length").Count() > 1;
        if (chunked)
        {
            ContentLength = -1;
        }
        if (
            requestMethod == HttpMethod.Head
            || status < 200
            || status is 204 or 304
            || (requestMethod == HttpMethod.Connect && status < 300)
        )
        {
            Body = BodyKind.None;
            if (status is < 200 or 204)
            {
                ContentLength = -1;
                Fields.RemoveAll(f => f.Name.ToLowerInvariant() is "content-length" or "transfer-encoding");
            }
        }
        else
        {
            Body =
                chunked ? BodyKind.Chunked
                : ContentLength > 0 ? BodyKind.Length
                : ContentLength == 0 ? BodyKind.None
                : BodyKind.UntilClose;
        }
        if (chunked)
        {
            Fields.RemoveAll(f => f.Name.Equals("content-length", StringComparison.OrdinalIgnoreCase));
        }
        else if (several)
        {
            int at = Fields.FindIndex(f => f.Name.Equals("content-length", StringComparison.OrdinalIgnoreCase));
            if (at >= 0)
            {
                (string Name, string Value) kept = (Fields[at].Name, Fields[at].Value.Split(',')[0].Trim(' ', '\t'));
                Fields.RemoveAll(f => f.Name.Equals("content-length", StringComparison.OrdinalIgnoreCase));
                Fields.Insert(at, kept);
            }
        }
        DropZeros();
        SetKeepAlive(close || Body == BodyKind.UntilClose);
        return ParseStatus.Complete;
    }

    private void SetKeepAlive(bool mustClose)
    {
        string[] tokens = Values("connection").SelectMany(v => v.Split(',')).Select(v => v.Trim(' ', '\t').ToLowerInvariant()).ToArray();
        bool close = mustClose || tokens.Contains("close");
        KeepAlive = !close && (_minor > 0 || tokens.Contains("keep-alive"));
    }

    public override string ToString()
    {
        return Status != ParseStatus.Complete
            ? Status.ToString()
            : $"{Start}\n{string.Join("\n", Fields.Select(f => f.Name + ": " + f.Value))}\n{HeadLength} {Body} {ContentLength} {KeepAlive}";
    }
}
