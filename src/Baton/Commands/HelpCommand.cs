// "baton help [WORD...]": explains a word of the configuration language or a command, or says how to ask.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Control.Reference;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class HelpCommand
{
    /// <summary>Exit status: 0 when the word exists, 1 otherwise.</summary>
    public static int Run(string[] words)
    {
        List<KnownKeyword> rows = KeywordReference.Build();
        if (words.Length == 0)
        {
            StandardStreams.Out(HelpText.Overview(rows));
            return 0;
        }
        Companion? command = words.Length == 1 ? Companions.Find(words[0]) : null;
        bool found = HelpText.TryFind(rows, words, out string text);
        if (command is not null)
        {
            StandardStreams.Out(command.Usage + (found ? "\n" + text : ""));
            return 0;
        }
        if (!found)
        {
            if (words.Length == 1 && Spelling.Nearest(words[0], Array.ConvertAll(Companions.All, static c => c.Name)) is { } near)
                text += $"or the command 'baton {near}'?\n";
            StandardStreams.Error(text);
            return 1;
        }
        StandardStreams.Out(text);
        return 0;
    }
}
