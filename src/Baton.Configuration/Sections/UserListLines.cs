// userlist: the section and its lines, user and group.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class UserListLines
{
    /// <summary>What no password's hash is.</summary>
    private const string NoPassword = "*";

    /// <summary>The list that the following lines fill; null when they cannot belong anywhere.</summary>
    public static UserListConfig? Open(ProcessConfig process, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        string name = words.Count > 1 ? words[1].Text : "";
        if (name.Length == 0)
        {
            diagnostics.Error(at, "'userlist' expects <name> as arguments.", "userlist");
            return new UserListConfig { Name = "", Position = at };
        }
        if (words.Count > 2)
            diagnostics.Error(at, $"'userlist' cannot handle unexpected argument '{words[2].Text}'.", words[2].Text);
        if (ServerLine.InvalidNameCharacter(name) is { } bad)
            diagnostics.Error(at, $"character '{bad}' is not permitted in 'userlist' name '{name}'.", name);
        // COMPAT: the first one counts
        if (process.UserLists.Exists(l => l.Name == name))
        {
            diagnostics.Warning(at, $"ignoring duplicated userlist '{name}'.", name);
            return null;
        }
        var list = new UserListConfig { Name = name, Position = at };
        process.UserLists.Add(list);
        return list;
    }

    public static void Line(UserListConfig list, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        string kind = words[0].Text,
            name = words.Count > 1 ? words[1].Text : "";
        if (kind is not ("user" or "group"))
            diagnostics.Error(
                at,
                $"unknown keyword '{kind}' in 'userlist' section{Spelling.Hint(kind, SectionNames.Openers("user", "group"))}",
                kind
            );
        else if (name.Length == 0)
            diagnostics.Error(at, $"'{kind}' expects <name> as arguments.", kind);
        else if (kind == "user")
            User(list, name, words, diagnostics, at);
        else
            Group(list, name, words, diagnostics, at);
    }

    /// <summary>group NAME [users a,b].</summary>
    private static void Group(UserListConfig list, string name, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        if (ServerLine.InvalidNameCharacter(name) is { } bad)
            diagnostics.Error(at, $"character '{bad}' is not permitted in 'group' name '{name}'.", name);
        if (list.Groups.ContainsKey(name))
        {
            diagnostics.Warning(at, $"ignoring duplicated group '{name}' in userlist '{list.Name}'.", name);
            return;
        }
        if (words.Count > 2 && words[2].Text != "users" || words.Count is 3 or > 4)
        {
            string wrong = words[words.Count > 4 && words[2].Text == "users" ? 4 : 2].Text;
            diagnostics.Error(at, $"'group' only supports 'users' option (got '{wrong}').", wrong);
            return;
        }
        list.Groups[name] = words.Count == 4 ? [.. words[3].Text.Split(',')] : [];
    }

    /// <summary>user NAME password|insecure-password VALUE [groups a,b].</summary>
    private static void User(UserListConfig list, string name, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        if (list.Users.ContainsKey(name))
        {
            diagnostics.Warning(at, $"ignoring duplicated user '{name}' in userlist '{list.Name}'.", name);
            return;
        }
        string? password = null;
        bool insecure = false;
        List<string> groups = [];
        for (int i = 2; i < words.Count; i += 2)
        {
            string option = words[i].Text,
                value = i + 1 < words.Count ? words[i + 1].Text : "";
            if (option is not ("password" or "insecure-password" or "groups"))
            {
                diagnostics.Error(
                    at,
                    $"'user' only supports 'password', 'insecure-password' and 'groups' options (got '{option}'){Spelling.Hint(option, "password", "insecure-password", "groups")}.",
                    option
                );
                return;
            }
            if (value.Length == 0)
            {
                diagnostics.Error(at, $"'{option}' of user '{name}' expects a value.", option);
                return;
            }
            if (option == "groups")
                groups = [.. value.Split(',')];
            else
                (password, insecure) = (value, option == "insecure-password");
        }
        // COMPAT: a user without a password is a member of groups, and can never log in
        list.Users[name] = new UserConfig(name, password ?? NoPassword, insecure, groups, at);
    }
}
