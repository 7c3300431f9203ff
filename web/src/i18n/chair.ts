import type { Text } from './catalogue.ts';

export const chair = {
  'chair.title': ['Bàn chủ tọa', "Chair's desk"],
  'chair.main': ['Màn hình chính', 'Main screen'],
  'chair.sites': ['Chọn điểm cầu', 'Choose a site'],
  'chair.choose': ['Chạm vào một điểm cầu trong danh sách', 'Tap a site in the list'],
  'chair.invite_site': ['Mời {site} phát biểu', 'Give the floor to {site}'],
  'chair.connecting': ['Đang mời {site}', 'Calling {site}'],
  'chair.speaking': ['{site} đang phát biểu', '{site} has the floor'],
  'chair.release': ['Kết thúc phát biểu', 'End of speech'],
  'chair.mute_all': ['Tắt tiếng tất cả', 'Mute all'],
  'chair.muted_all': ['Đã tắt tiếng tất cả điểm cầu, trừ chủ tọa và điểm cầu đang phát biểu', 'All sites muted but the chair and the speaker'],
  'chair.sound_on': ['Mở tiếng', 'Sound on'],
  'chair.sound_off': ['Tắt tiếng loa', 'Sound off'],
  'chair.failed': ['Lời mời {site} đã dừng khi chưa nối được', 'The call of {site} ended before it connected'],
  'screen.title': ['Màn hình chính', 'Main screen'],
} as const satisfies Record<string, Text>;
