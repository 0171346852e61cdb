// The words that describe an answer, the same behind http-error and behind the actions return, deny and tarpit:
//   status N  content-type TYPE  hdr NAME FMT  and one of
//   default-errorfiles | errorfile FILE | errorfiles NAME | file FILE | lf-file FILE | string TEXT | lf-string FMT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;

namespace Baton.Configuration.Expressions;

/// <summary>One use. <paramref name="complaint"/> puts what is wrong into the words of the line's keyword.</summary>
internal sealed class HttpReplyParser(
    IExpressionParser expressions,
    DiagnosticSink diagnostics,
    SourcePosition at,
    Func<string, string> complaint
)
{
    /// <summary>Statuses that error files are for.</summary>
    public static readonly int[] Statuses =
    [
        200,
        400,
        401,
        403,
        404,
        405,
        407,
        408,
        410,
        413,
        414,
        421,
        422,
        425,
        429,
        431,
        500,
        501,
        502,
        503,
        504,
    ];

    public static bool IsHandled(int status) => Array.IndexOf(Statuses, status) >= 0;

    /// <summary>What may stand in an answer, for "did you mean".</summary>
    public static readonly string[] Words =
    [
        "status",
        "content-type",
        "default-errorfiles",
        "errorfile",
        "errorfiles",
        "file",
        "string",
        "lf-file",
        "lf-string",
        "hdr",
    ];

    /// <summary>For deny and tarpit: "deny_status N", the old form of "status N default-errorfiles", and nothing at all, which means
    /// "default-errorfiles".</summary>
    public bool Denies { get; init; }

    private bool _isOldForm;
    private HttpReplyConfig _reply = null!;
    private string _payload = "";

    /// <summary>
    /// Reads from word <paramref name="i"/> on, which is left at the first word that belongs to no answer. The status is the given
    /// one unless a "status" word says otherwise. Null when there was an error.
    /// </summary>
    public HttpReplyConfig? Parse(List<string> words, ref int i, int status)
    {
        _reply = new HttpReplyConfig { Status = status, Position = at };
        bool isBare = true;
        while (i < words.Count)
        {
            int taken = Option(words, i);
            if (taken == 0)
                break;
            if (taken < 0)
                return null;
            i += taken;
            isBare = false;
        }
        if (Denies && (_isOldForm || isBare) && _payload.Length == 0 && _reply.ContentType is null && _reply.Headers.Count == 0)
            Payload("default-errorfiles", HttpReplyPayload.DefaultErrorFiles);
        return Check() ? _reply : null;
    }

    /// <summary>The words an option takes, 0 when it is none, -1 when it is wrong.</summary>
    private int Option(List<string> words, int i)
    {
        string word = words[i],
            value = i + 1 < words.Count ? words[i + 1] : "";
        switch (word)
        {
            case "status":
                return Need(value, "'status' expects <status_code> as argument") && Status(value) ? 2 : -1;
            case "deny_status" when Denies:
                _isOldForm = true;
                goto case "status";
            case "content-type":
                _reply.ContentType = value;
                return Need(value, "'content-type' expects <ctype> as argument") ? 2 : -1;
            case "default-errorfiles":
                return Payload(word, HttpReplyPayload.DefaultErrorFiles) ? 1 : -1;
            case "errorfile":
                return Payload(word, HttpReplyPayload.RawFile) && Need(value, "'errorfile' expects <fmt> as argument") && RawFile(value)
                    ? 2
                    : -1;
            case "errorfiles":
                _reply.SectionName = value;
                return Payload(word, HttpReplyPayload.ErrorSection) && Need(value, "'errorfiles' expects <name> as argument") ? 2 : -1;
            case "file":
                return
                    Payload(word, HttpReplyPayload.Fixed)
                    && Need(value, "'file' expects <file> as argument")
                    && Read(value, out byte[] bytes)
                    && Body(bytes)
                    ? 2
                    : -1;
            case "string":
                return
                    Payload(word, HttpReplyPayload.Fixed)
                    && Need(value, "'string' expects <str> as argument")
                    && Body(ByteText.GetBytes(value))
                    ? 2
                    : -1;
            case "lf-file":
                return
                    Payload(word, HttpReplyPayload.Format)
                    && Need(value, "'lf-file' expects <file> as argument")
                    && Read(value, out bytes)
                    && Format(ByteText.Decode(bytes))
                    ? 2
                    : -1;
            case "lf-string":
                return Payload(word, HttpReplyPayload.Format) && Need(value, "'lf-string' expects <fmt> as argument") && Format(value)
                    ? 2
                    : -1;
            case "hdr":
                return Header(value, i + 2 < words.Count ? words[i + 2] : "") ? 3 : -1;
            default:
                return 0;
        }
    }

    private bool Fail(string message)
    {
        diagnostics.Error(at, complaint(message));
        return false;
    }

    private bool Need(string value, string message) => value.Length > 0 || Fail(message);

    private bool Status(string text)
    {
        _ = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status);
        _reply.Status = status;
        return status is >= 200 and <= 599 || Fail($"Unexpected status code '{status}'");
    }

    /// <summary>One answer has one body.</summary>
    private bool Payload(string word, HttpReplyPayload payload)
    {
        if (_payload.Length > 0)
            return Fail($"unexpected '{word}' argument, '{_payload}' already defined");
        _payload = word;
        _reply.Payload = payload;
        return true;
    }

    private bool RawFile(string path)
    {
        byte[]? response = ErrorFile.Read(path, out string error);
        if (response is null)
            return Fail(error);
        return Body(response);
    }

    private bool Read(string path, out byte[] bytes)
    {
        bytes = FileBytes.Read(path, out string why) ?? [];
        return why.Length == 0 || Fail($"error opening file '{path}'");
    }

    private bool Body(byte[] bytes)
    {
        _reply.Body = bytes;
        return true;
    }

    private bool Format(string text) => (_reply.BodyFormat = expressions.ParseFormat(text, at, SampleNeeds.None)) is not null;

    private bool Header(string name, string value)
    {
        if (name.Length == 0 || value.Length == 0)
            return Fail("'hdr' expects <name> and <value> as arguments");
        if (expressions.ParseFormat(value, at, SampleNeeds.None) is not { } format)
            return false;
        _reply.Headers.Add((name, format));
        return true;
    }

    /// <summary>What only all the words together show.</summary>
    private bool Check()
    {
        switch (_reply.Payload)
        {
            case HttpReplyPayload.DefaultErrorFiles or HttpReplyPayload.ErrorSection when !IsHandled(_reply.Status):
                return Fail(
                    $"status code '{_reply.Status}' not handled by default with '{(_reply.SectionName is null ? "default-errorfiles" : "errorfiles")}' argument."
                );
            case HttpReplyPayload.DefaultErrorFiles or HttpReplyPayload.ErrorSection or HttpReplyPayload.RawFile:
                if (_reply.ContentType is not null)
                    Ignored("when used with an erorrfile");
                if (_reply.Headers.Count > 0)
                    diagnostics.Warning(at, "hdr parameters ignored by the http reply when used with an erorrfile.");
                _reply.Headers.Clear();
                return true;
            case HttpReplyPayload.None:
                if (_reply.ContentType is not null)
                    Ignored("because neither errorfile nor payload defined");
                return true;
            case HttpReplyPayload.Format when _reply.ContentType is null:
                return Fail("a content type must be defined with a log-format payload");
            case HttpReplyPayload.Fixed when _reply.Body.Length == 0:
                if (_reply.ContentType is not null)
                    Ignored("when used with an empty payload");
                return true;
            case HttpReplyPayload.Fixed when _reply.ContentType is null:
                return Fail("a content type must be defined when non-empty payload is configured");
        }
        return _reply.Status is not (204 or 304) || Fail($"No body expected for {_reply.Status} responses");
    }

    private void Ignored(string why)
    {
        diagnostics.Warning(at, $"content-type '{_reply.ContentType}' ignored by the http reply {why}.");
        _reply.ContentType = null;
    }
}
