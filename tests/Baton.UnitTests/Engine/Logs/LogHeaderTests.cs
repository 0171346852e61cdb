using System;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Logs.Senders;
using Xunit;

namespace Baton.UnitTests.Engine.Logs;

public sealed class LogHeaderTests
{
    // 2026-11-03 20:22:44.475344 UTC
    private const long Moment = 1_793_737_364_475_344_000;

    private static string Header(LogFormatKind format, string host = "", string sd = "")
    {
        var who = new LogIdentity("tag"u8.ToArray(), Encoding.ASCII.GetBytes(host));
        var buffer = new LogBuffer();
        Span<byte> into = stackalloc byte[1024];
        int n = LogHeader.Write(into, format, 19, 6, who, Encoding.ASCII.GetBytes(sd), buffer, Moment);
        buffer.Free();
        return Encoding
            .ASCII.GetString(into[..n])
            .Replace(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), "PID");
    }

    private static readonly DateTimeOffset s_local = DateTimeOffset.FromUnixTimeMilliseconds(Moment / 1_000_000).ToLocalTime();
    private static string Syslog =>
        s_local.ToString("MMM ", System.Globalization.CultureInfo.InvariantCulture)
        + s_local.Day.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(2)
        + s_local.ToString(" HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
    private static string Iso => s_local.ToString("yyyy-MM-ddTHH:mm:ss.475344zzz", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Formats_are_those_of_the_manual()
    {
        Assert.Equal("", Header(LogFormatKind.Raw));
        Assert.Equal("<6>", Header(LogFormatKind.Short));
        Assert.Equal("<158>", Header(LogFormatKind.Priority));
        Assert.Equal($"<6>{Iso} ", Header(LogFormatKind.Timed));
        Assert.Equal($"{Iso} ", Header(LogFormatKind.Iso));
        Assert.Equal($"<158>{Syslog} tag[PID]: ", Header(LogFormatKind.Local));
        Assert.Equal($"<158>{Syslog} localhost tag[PID]: ", Header(LogFormatKind.Rfc3164));
        Assert.Equal($"<158>{Syslog} box tag[PID]: ", Header(LogFormatKind.Rfc3164, "box"));
        Assert.Equal($"<158>1 {Iso} - tag PID - - ", Header(LogFormatKind.Rfc5424));
        Assert.Equal($"<158>1 {Iso} box tag PID - [a b=\"c\"] ", Header(LogFormatKind.Rfc5424, "box", "[a b=\"c\"]"));
    }

    [Fact]
    public void A_sample_takes_its_ranges_of_every_round()
    {
        var target = new LogTarget(
            new LogTargetConfig
            {
                Position = new SourcePosition("x", 1),
                FileDescriptor = 1,
                SampleSize = 5,
                SampleRanges = [(1, 1), (3, 4)],
            },
            false
        );
        var taken = new StringBuilder();
        for (int i = 0; i < 10; i++)
            taken.Append(target.Samples() ? '1' : '0');
        Assert.Equal("1011010110", taken.ToString());
    }
}
