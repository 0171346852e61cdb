// A format of a check's line, ready to be written for one check: "send-lf", "string-lf", "on-error" and the like.
using System;
using Baton.Configuration.Expressions;
using Baton.Core.Text;

namespace Baton.Engine.Checks;

/// <summary>Made once, used by all workers.</summary>
internal sealed class CheckText
{
    private readonly Logs.FormattedText _format;
    private readonly bool _isHex;

    private CheckText(LogFormatConfig config, Logs.FormatUse use, bool isHex) =>
        (_format, _isHex) = (new Logs.FormattedText(config, use), isHex);

    /// <summary>Null of none.</summary>
    /// <param name="config">As it was parsed.</param>
    /// <param name="use">What it is for; where a message has lines of its own, samples do not end them.</param>
    /// <param name="isHex">What comes out is hexadecimal digits.</param>
    public static CheckText? Of(LogFormatConfig? config, Logs.FormatUse use = Logs.FormatUse.Variable, bool isHex = false) =>
        config is null ? null : new CheckText(config, use, isHex);

    /// <summary>The bytes; null when they should be hexadecimal digits in pairs and are not.</summary>
    public byte[]? Bytes(CheckDialogue dialogue)
    {
        Span<byte> into = dialogue.Worker.Scratch.OutputSpan;
        ReadOnlySpan<byte> text = into[.._format.Write(dialogue.Stream, into)];
        if (!_isHex)
            return text.ToArray();
        try
        {
            return Convert.FromHexString(ByteText.Decode(text.ToArray()));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public string Text(CheckDialogue dialogue) => ByteText.Decode(Bytes(dialogue) ?? []);
}
