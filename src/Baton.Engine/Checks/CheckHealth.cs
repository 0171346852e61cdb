// Where a server stands between down and up by one kind of check: the count of good and bad outcomes and the last outcome. It knows no
// socket, no clock and no server.
using System.Globalization;

namespace Baton.Engine.Checks;

/// <summary>OWNER: changes under the state lock of the server's backend; read by anybody.</summary>
public sealed class CheckHealth(int rise, int fall)
{
    public int Rise { get; } = rise;
    public int Fall { get; } = fall;

    /// <summary>Below <see cref="Rise"/> the server is down, at <see cref="Best"/> it has nothing against it. COMPAT: it begins as one
    /// that is up, and goes down with the first bad outcome.</summary>
    public int Points { get; set; } = rise;

    public int Best => Rise + Fall - 1;
    public bool IsUp => Points >= Rise;

    public CheckStatus Status { get; set; } = CheckStatus.Initializing;
    public CheckResult Result { get; set; }

    /// <summary>What the peer answered with, 0 for nothing; and what there is to say of it.</summary>
    public int Code { get; set; }
    public string Info
    {
        get => _info;
        set => _info = CheckTexts.Printable(value.Length > MostInfo ? value[..MostInfo] : value);
    }
    private string _info = "";

    /// <summary>COMPAT: what a server has said is kept up to here.</summary>
    private const int MostInfo = 127;

    /// <summary>Milliseconds; -1 when there has been none.</summary>
    public int DurationMs { get; set; } = -1;

    /// <summary>Bad outcomes of a server that was up or on its way (chkfail).</summary>
    public long Failures { get; set; }

    /// <summary>Takes an outcome in. True when it is worth telling: another one than before, or one that moved the points.</summary>
    public bool Take(CheckStatus status, int code, string info, int durationMs)
    {
        bool tell = Note(status, code, info, durationMs);
        switch (Result)
        {
            case CheckResult.Failed when Points > 0:
                Failures++;
                Points--;
                // one that rises falls back to the ground, and so does one that has used up its fall
                if (Points < Rise)
                    Points = 0;
                return true;
            case CheckResult.Passed or CheckResult.Conditional when Points < Best:
                Points++;
                if (Points >= Rise)
                    Points = Best;
                return true;
            default:
                return tell;
        }
    }

    /// <summary>Takes an outcome in that moves nothing. True when it is another one than before.</summary>
    public bool Note(CheckStatus status, int code, string info, int durationMs)
    {
        bool isNew = Status != status;
        (Status, Result, Code, Info, DurationMs) = (status, CheckTexts.ResultOf(status), code, info, durationMs);
        return isNew;
    }

    /// <summary>An operator says so.</summary>
    public void SetUp() => Points = Best;

    public void SetDown() => Points = 0;

    /// <summary>"2/3 UP": where it stands.</summary>
    public string Standing =>
        IsUp
            ? string.Create(CultureInfo.InvariantCulture, $"{Points - Rise + 1}/{Fall} UP")
            : string.Create(CultureInfo.InvariantCulture, $"{Points}/{Rise} DOWN");

    /// <summary>"reason: Layer4 timeout, code: 500, info: "...", check duration: 3ms", as the log has it.</summary>
    public string Reason
    {
        get
        {
            string code = CheckTexts.HasCode(Status) ? string.Create(CultureInfo.InvariantCulture, $", code: {Code}") : "";
            string info = Info.Length > 0 ? $", info: \"{Info}\"" : "";
            string duration = DurationMs >= 0 ? string.Create(CultureInfo.InvariantCulture, $", check duration: {DurationMs}ms") : "";
            return $"reason: {CheckTexts.Words(Status)}{code}{info}{duration}";
        }
    }
}
