// The steps a check consists of. They are made once for a backend and hold nothing of a check that runs.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Checks;

internal abstract class CheckStep
{
    /// <summary>Which line it was, from 1; 0 for one that nobody wrote.</summary>
    public int Number { get; init; }
    public string Comment { get; init; } = "";

    /// <summary>" at step 3 of tcp-check (connect port 80) comment: 'x'": where it was when nothing came.</summary>
    protected string At(string what)
    {
        string comment = Comment.Length > 0 ? $" comment: '{Comment}'" : "";
        return $" at step {Number} of tcp-check ({what}){comment}";
    }

    /// <summary>Where it was, as it is said of a check that did not get on.</summary>
    public abstract string Where { get; }
}

/// <summary>Opens a connection; what is not set is as the server's checks have it.</summary>
internal sealed class ConnectStep : CheckStep
{
    public int Port { get; init; }
    public Configuration.Expressions.SampleExpressionConfig? PortSample { get; init; }
    public SocketEndpoint? Address { get; init; }
    public bool SendProxy { get; init; }
    public bool ViaSocks4 { get; init; }
    public bool Linger { get; init; }
    public bool Ssl { get; init; }
    public string? ServerName { get; init; }
    public byte[]? Alpn { get; init; }
    public string? Proto { get; init; }

    /// <summary>It is one of the server's checks as they are, whoever asked for it.</summary>
    public bool IsUsual { get; init; } = true;

    /// <summary>COMPAT: a first connection that no line asks for has no number.</summary>
    public override string Where =>
        Number == 0 ? " at initial connection step of tcp-check"
        : Port > 0 ? At($"connect port {Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}")
        : At("connect");
}

/// <summary>Sets or forgets a variable.</summary>
internal sealed class VariableStep(Rules.StreamAction action) : CheckStep
{
    public void Run(CheckDialogue dialogue) => action.RunOn(dialogue.Stream);

    public override string Where => "";
}

/// <summary>Sends the same bytes each time, or what a format gives.</summary>
internal class SendStep(byte[] data, CheckText? text = null) : CheckStep
{
    /// <summary>Null when the format does not give what it should.</summary>
    public virtual byte[]? Bytes(CheckDialogue dialogue) => text is null ? data : text.Bytes(dialogue);

    public override string Where => At("send");
}

/// <summary>Waits for something, and judges it.</summary>
internal abstract class ExpectStep : CheckStep
{
    public CheckStatus OkStatus { get; init; } = CheckStatus.Layer7Ok;
    public CheckStatus ErrorStatus { get; init; } = CheckStatus.Layer7Response;
    public CheckStatus TimeoutStatus { get; init; } = CheckStatus.Layer7Timeout;
    public CheckText? OnSuccess { get; init; }
    public CheckText? OnError { get; init; }
    public Configuration.Expressions.SampleExpressionConfig? StatusCode { get; init; }

    /// <param name="last">Nothing more comes.</param>
    public abstract CheckAnswer Judge(CheckDialogue dialogue, bool last);

    /// <summary>Not as expected; lines may say other words and another code.</summary>
    public CheckAnswer Fail(CheckDialogue dialogue, CheckStatus status, int code, string info) =>
        new(CheckVerdict.Failed, status, Code(dialogue, code), OnError?.Text(dialogue) ?? info);

    /// <summary>"status-code", or else that code. COMPAT: 0 for what is no number.</summary>
    public int Code(CheckDialogue dialogue, int code) => StatusCode is null ? code : dialogue.Number(StatusCode) ?? 0;

    /// <summary>COMPAT: its comment, behind what is said of a failure.</summary>
    protected string WithComment(string info) => Comment.Length > 0 ? $"{info} comment: {Comment}" : info;
}
